/** What is wrong with one field of a request. */
export type FieldError = { field: string; message: string; code: string }

type Facts = Readonly<Record<string, unknown>>

/**
 * Why a call has no result. Nearly always a problem response (RFC 9457) of the service; `status` and `type` are its
 * own. Four slugs are the client's: `unreachable` and `timed-out` (there was no response; `status` is 0),
 * `operation-pending` (the change is saved and not done yet) and `unexpected-response` (not by the service, such as a
 * proxy's page). Holds neither the token nor what was sent.
 */
export class KeysProblem extends Error {
  /** The HTTP status. 409 for an operation that failed. */
  readonly status: number
  /** The last part of `type`, such as `external-id-taken`. */
  readonly slug: string
  readonly type: string
  readonly title: string
  readonly detail: string
  readonly errors: readonly FieldError[]
  readonly requestId: string | undefined
  /** Of the change that is under way. `getOperation` says what became of it. */
  readonly operationId: string | undefined
  /** Seconds until the call may succeed. */
  readonly retryAfter: number | undefined
  /** All fields of the problem, such as the `accountId` of `external-id-taken`. */
  readonly facts: Facts

  constructor(status: number, facts: Facts, options?: ErrorOptions) {
    const type = text(facts.type) ?? 'about:blank'
    const slug = type.slice(type.lastIndexOf('/') + 1)
    const title = text(facts.title) ?? slug
    const detail = text(facts.detail) ?? title
    super(detail, options)
    this.name = 'KeysProblem'
    this.status = status
    this.slug = slug
    this.type = type
    this.title = title
    this.detail = detail
    this.errors = Array.isArray(facts.errors) ? facts.errors : []
    this.requestId = text(facts.requestId)
    this.operationId = text(facts.operationId)
    this.retryAfter = typeof facts.retryAfter === 'number' ? facts.retryAfter : undefined
    this.facts = facts
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

export const unreachable = (cause: unknown) =>
  new KeysProblem(0, { type: 'unreachable', detail: 'Pictify Keys cannot be reached.' }, { cause })

export const timedOut = (ms: number, cause?: unknown) =>
  new KeysProblem(0, { type: 'timed-out', detail: `No response of Pictify Keys within ${ms} ms.` }, { cause })

export const stillPending = (operationId: string, ms: number, cause: unknown) => {
  const detail = `The change is saved and was not done within ${ms} ms. getOperation says when it is.`
  return new KeysProblem(202, { type: 'operation-pending', detail, operationId }, { cause })
}

export const unexpectedResponse = (status: number) =>
  new KeysProblem(status, {
    type: 'unexpected-response',
    detail: `HTTP ${status}, and no JSON of the service.`,
  })
