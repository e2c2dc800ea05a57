import { pathOnly } from '../../domain/metering/pathOnly.ts'
import { newRequestId } from '../../domain/metering/requestId.ts'
import { RegionUnavailable } from '../../region/RegionUnavailable.ts'
import type { KeyVerifier } from '../createVerifier.ts'
import { ANSWER_HEADERS } from '../http/answerHeaders.ts'
import { type CredentialHeaders, missingAuthorization, presentedSecret } from '../http/credentials.ts'
import { HttpProblem } from '../http/HttpProblem.ts'
import { type Limit, limitHeaders, limitsOf } from '../http/limitHeaders.ts'
import { refusal } from '../http/refusal.ts'
import { cannotVerify, verificationProblem } from '../http/verificationProblems.ts'
import type { Verification } from '../Verifier.ts'

/**
 * How requests are verified. `Request` is the framework's own; `More` is what else a framework hands to a handler, and
 * comes to the functions, too.
 */
export type GuardOptions<Request, More extends unknown[] = []> = {
  /** What the key must be allowed to do, such as `renders:write`. */
  permission?: string | ((request: Request, ...more: More) => string | undefined)
  /** Renders asked for with `renders:write`. Default: 1. */
  units?: number | ((request: Request, ...more: More) => number)
  /** The end user's address. Default: the connection's. Behind a proxy: what your framework makes of its headers. */
  clientIp?: (request: Request, ...more: More) => string | undefined
  /** What usage is reported under, such as a route's pattern. Default: the path without its query. */
  endpoint?: (request: Request, ...more: More) => string
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

/**
 * What was decided about a request. `answered` is called with the status once the answer has left, or with
 * `CLIENT_CLOSED_REQUEST` once the caller has gone; only the first call counts.
 */
export type Guarded =
  | { key: AdmittedKey; headers: Record<string, string>; answered: (status: number) => void }
  | { refused: Refused }

/** The parts of a request that decide, whatever the framework. `url` may have a query. */
type Arrival = {
  url: string
  method: string | undefined
  headers: CredentialHeaders
  /** The connection's. */
  address: string | undefined
}

/** What nginx logs, too, when the caller went away before the answer. */
export const CLIENT_CLOSED_REQUEST = 499

/** Decides about one request. A refusal is the same problem that the service's `/forward-auth` answers. */
export async function guardRequest<Request, More extends unknown[]>(
  verifier: KeyVerifier,
  options: GuardOptions<Request, More>,
  args: [request: Request, ...more: More],
  { url, method, headers: presented, address }: Arrival,
): Promise<Guarded> {
  const startedAt = performance.now()
  const path = pathOnly(url)
  try {
    const permission = resolve(options.permission, args)
    const facts = {
      ip: options.clientIp ? options.clientIp(...args) : address,
      endpoint: options.endpoint?.(...args) ?? path,
      method,
    }
    const value = presentedSecret({ headers: presented })
    if (value === undefined) throw missingAuthorization()
    const units = resolve(options.units, args)
    const verification = await verifier.verify({ value, permission, units, ...facts })
    const key = admittedKey(verification)
    if (!key) throw refusal(verification, permission)
    let isAnswered = false
    const answered = (status: number) => {
      if (isAnswered) return
      isAnswered = true
      verifier.report(verification, { status, latencyMs: performance.now() - startedAt, ...facts })
    }
    const headers = limitHeaders(verification, key.limits)
    headers['X-Request-Id'] = verification.requestId
    return { key, headers, answered }
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

function resolve<Args extends unknown[], Value>(
  option: Value | ((...args: Args) => Value) | undefined,
  args: Args,
): Value | undefined {
  return typeof option === 'function' ? (option as (...args: Args) => Value)(...args) : option
}
