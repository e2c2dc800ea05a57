/** What is wrong with one field of a request. */
export type FieldError = { field: string; message: string; code: string }

type ProblemBody = {
  type?: string
  title?: string
  detail?: string
  requestId?: string
  operationId?: string
  errors?: FieldError[]
  returnUrl?: string
}

/** A problem response (RFC 9457), or no answer at all: then `status` is 0. */
export class ProblemError extends Error {
  readonly status: number
  /** The last part of the problem's `type`, e.g. `key-limit-reached`; `unreachable` without an answer. */
  readonly slug: string
  readonly requestId: string | undefined
  /** Of the command that is under way, where that is the problem. */
  readonly operationId: string | undefined
  readonly errors: FieldError[]
  /** Of a session link that cannot be opened: where it came from. */
  readonly returnUrl: string | undefined

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? 'Something went wrong. Try again.')
    this.name = 'ProblemError'
    this.status = status
    this.slug = body.type?.split('/').at(-1) ?? 'internal-error'
    this.requestId = body.requestId
    this.operationId = body.operationId
    this.errors = body.errors ?? []
    this.returnUrl = body.returnUrl
  }

  static unreachable(): ProblemError {
    return new ProblemError(0, { type: 'unreachable', detail: 'The server cannot be reached. Try again.' })
  }
}

/** The sentence to show for any failure. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong. Try again.'
}

/**
 * Messages by field, as a form takes them; a field's index and rest go to the field: `allowedIps[1]` to `allowedIps`.
 */
export function fieldMessages(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  return Object.fromEntries(
    error.errors.map(({ field, message }) => [field.replace(/[[.].*$/, ''), sentence(message)]),
  )
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
