import type { z } from 'zod'

/** What an option or argument must be. Throws an Error that names it and says what is wrong. */
export function readField<Value>(option: string, schema: z.ZodType<Value>, given: unknown): Value {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue?.path.length ? `: ${issue.path.join('.')}` : ''
  throw new Error(`${option}${place}: ${issue?.message}.`)
}

/** The same for JSON. */
export function readJson<Value>(option: string, schema: z.ZodType<Value>, text: string): Value {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    throw new Error(`${option}: not valid JSON. Example: {"requestsPerMinute": 5000}.`)
  }
  return readField(option, schema, given)
}
