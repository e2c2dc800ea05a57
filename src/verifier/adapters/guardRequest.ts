import type { IncomingMessage, ServerResponse } from 'node:http'
import { pathOnly } from '../../domain/metering/pathOnly.ts'
import { newRequestId } from '../../domain/metering/requestId.ts'
import { RegionUnavailable } from '../../region/Region.ts'
import type { KeyVerifier } from '../createVerifier.ts'
import { ANSWER_HEADERS } from '../http/answerHeaders.ts'
import { missingAuthorization, presentedSecret } from '../http/credentials.ts'
import { HttpProblem } from '../http/HttpProblem.ts'
import { type Limit, limitHeaders, limitsOf } from '../http/limitHeaders.ts'
import { refusal } from '../http/refusal.ts'
import { cannotVerify, verificationProblem } from '../http/verificationProblems.ts'
import type { Verification } from '../Verifier.ts'

/** How requests are verified. `Request` is the framework's own. */
export type GuardOptions<Request> = {
  /** What the key must be allowed to do, such as `renders:write`. */
  permission?: string | ((request: Request) => string | undefined)
  /** Renders asked for with `renders:write`. Default: 1. */
  units?: number | ((request: Request) => number)
  /** The end user's address. Default: the connection's. Behind a proxy: what your framework makes of its headers. */
  clientIp?: (request: Request) => string | undefined
  /** What usage is reported under, such as a route's pattern. Default: the path without its query. */
  endpoint?: (request: Request) => string
}

/** What a handler gets about an admitted request. */
export type AdmittedKey = {
  requestId: string
  keyId: string
  accountId: string
  name: string
  type: 'live' | 'test'
  access: string
  permissions: readonly string[]
  plan: string
  /** Whether what is rendered is to carry a watermark: it does with test keys. */
  watermark: boolean
  requestsToday: number
  limits: Limit[]
}

type Refused = { status: number; headers: Record<string, string>; body: string }
export type Guarded = { key: AdmittedKey; headers: Record<string, string> } | { refused: Refused }

/** What nginx logs, too, when the caller went away before the answer. */
const CLIENT_CLOSED_REQUEST = 499

/**
 * Decides about one request, and sees to it that its status and latency are reported when its answer has left, or
 * when the caller has gone. A refusal is the same problem that the service's `/forward-auth` answers.
 */
export async function guardRequest<Request>(
  verifier: KeyVerifier,
  options: GuardOptions<Request>,
  { request, raw, response }: { request: Request; raw: IncomingMessage; response: ServerResponse },
): Promise<Guarded> {
  const startedAt = performance.now()
  const path = pathOnly((raw as { originalUrl?: string }).originalUrl ?? raw.url ?? '/')
  try {
    const permission = resolve(options.permission, request)
    const facts = {
      ip: options.clientIp ? options.clientIp(request) : raw.socket.remoteAddress,
      endpoint: options.endpoint?.(request) ?? path,
      method: raw.method,
    }
    const value = presentedSecret(raw)
    if (value === undefined) throw missingAuthorization()
    const verification = await verifier.verify({
      value,
      permission,
      units: resolve(options.units, request),
      ...facts,
    })
    const key = admittedKey(verification)
    if (!key) throw refusal(verification, permission)
    whenAnswered(response, (status) => {
      verifier.report(verification, { status, latencyMs: performance.now() - startedAt, ...facts })
    })
    const headers = limitHeaders(verification, key.limits)
    headers['X-Request-Id'] = verification.requestId
    return { key, headers }
  } catch (error) {
    return { refused: present(verifier, error, path) }
  }
}

function admittedKey(verification: Verification): AdmittedKey | undefined {
  const { valid, requestId, key, account, decision } = verification
  if (!valid || !key || !account || !decision) return undefined
  const { keyId, accountId, name, type, access, permissions } = key
  return {
    requestId,
    keyId,
    accountId,
    name,
    type,
    access,
    permissions,
    plan: account.plan,
    watermark: type === 'test',
    requestsToday: decision.inDay,
    limits: limitsOf(verification),
  }
}

/** Calls back once with the status, even if the caller has gone. */
function whenAnswered(response: ServerResponse, report: (status: number) => void): void {
  const done = () => report(response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST)
  if (response.closed || response.destroyed) done()
  else response.once('close', done)
}

function present(verifier: KeyVerifier, error: unknown, path: string): Refused {
  const problem = problemOf(error)
  if (problem.status >= 500) verifier.onError(error)
  const requestId = newRequestId(Date.now(), false)
  return {
    status: problem.status,
    headers: {
      ...problem.headers,
      ...ANSWER_HEADERS,
      'Content-Type': 'application/problem+json',
      'X-Request-Id': requestId,
    },
    body: JSON.stringify(problem.body(verifier.problemBaseUrl, path, requestId)),
  }
}

function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error
  if (error instanceof RegionUnavailable) return cannotVerify()
  return verificationProblem('internal-error', { detail: 'Something went wrong on our side.' })
}

function resolve<Request, Value>(
  option: Value | ((request: Request) => Value) | undefined,
  request: Request,
): Value | undefined {
  return typeof option === 'function' ? (option as (request: Request) => Value)(request) : option
}
