const MAX_LENGTH = 4_000

/** Keys and tokens, signing secrets, and URLs whose path is one: messages of libraries quote what they were given. */
const SECRETS = /[a-z0-9]+_(?:live|test|service)_\w+|whsec_[\w+/=]+|\w+:\/\/\S+/g

/**
 * What may be logged of an error from anywhere. Its further fields may not: drivers keep commands with their arguments
 * there, `fetch` and `URL` what they were given. What is thrown and is no Error is described by its type alone.
 */
export function factsOf(error: unknown, depth = 3): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: clean(error.message),
    stack: clean(error.stack ?? ''),
    ...(error.cause === undefined || depth === 0 ? {} : { cause: factsOf(error.cause, depth - 1) }),
  }
}

/** Stack frames keep their `file://` addresses: these are ours. */
function clean(text: string): string {
  return text
    .slice(0, MAX_LENGTH)
    .replace(SECRETS, (found) => (found.startsWith('file:') ? found : '[redacted]'))
}
