import { Failure } from '../domain/failure.ts'
import { UnreadableSecret } from '../platform/secretsKeys.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import { HttpProblem } from '../verifier/http/HttpProblem.ts'
import { cannotVerify } from '../verifier/http/verificationProblems.ts'
import { Problem, type Slug } from './problems.ts'

const byStatus: Record<number, Slug> = {
  400: 'validation-error',
  // Only the files of /docs are forbidden so, outside of their folder.
  403: 'not-found',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
}

/**
 * SQLSTATE classes and socket errors that mean: Postgres is away, or took longer than its time-outs allow; not wrong.
 */
const away = /^(08(?!P01)|57P|57014|55P03|25P03|53300|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT)/

/** The same in the words of the driver, whose errors have no code. */
const lost =
  /connection (terminated|timeout)|timeout exceeded when trying to connect|query read timeout|client (was closed|has encountered a connection error)/i

/** What went wrong, as callers may see it. An unknown error is an `internal-error`, and its text stays in the log. */
export function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof Failure) return new Problem(error.code, error.details)
  if (error instanceof RegionUnavailable) return cannotVerify()
  // Another process may have the key.
  if (error instanceof UnreadableSecret)
    return new Problem('service-unavailable', { detail: error.message, retryAfter: 60 })
  if (isAway(error))
    return new Problem('service-unavailable', { detail: 'The database is not available.', retryAfter: 2 })
  const { status } = error as { status?: number }
  const slug = status === undefined ? undefined : byStatus[status]
  if (slug === 'validation-error') {
    const { message } = error as Error
    return new Problem(slug, {
      detail: message,
      errors: [{ field: 'request', message, code: 'invalid_format' }],
    })
  }
  if (slug) return new Problem(slug, { detail: (error as Error).message })
  return new Problem('internal-error', {
    detail: 'Something went wrong on our side. Operators find it in the logs by the request ID.',
  })
}

function isAway(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && away.test(code)) return true
    if (lost.test(cause.message)) return true
  }
  return false
}
