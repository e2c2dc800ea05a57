import type { IncomingMessage, ServerResponse } from 'node:http'
import { newRequestId } from '../domain/metering/requestId.ts'
import { ANSWER_HEADERS } from '../verifier/http/answerHeaders.ts'
import { headerLines } from '../verifier/http/headerLines.ts'
import type { Verification } from '../verifier/Verifier.ts'
import type { ApiContext } from './context.ts'
import type { HotAnswer, HotRoute } from './hotRoute.ts'
import { Problem } from './problems.ts'
import type { RefusedKeys } from './RefusedKeys.ts'
import { forwardAuth } from './routes/verification/forwardAuth.ts'
import { verify } from './routes/verification/verify.ts'
import { createSendLines } from './sendLines.ts'
import { toProblem } from './toProblem.ts'

export const hotRoutes: HotRoute[] = [verify, forwardAuth]
export const hotPaths = new Set(hotRoutes.map(({ spec }) => spec.path))

const ANSWER_LINES = headerLines(ANSWER_HEADERS)

/**
 * Answers verifications on the bare request and response, ahead of Koa's context and middleware: these two calls are
 * made on every request of the company's API. Returns false for every other path, which Koa then answers.
 */
export function createHotPath(
  api: ApiContext,
  refusedKeys: RefusedKeys,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const byPath = new Map(hotRoutes.map((route) => [route.spec.path, route]))
  const sendLines = createSendLines()
  return (request, response) => {
    const url = request.url ?? ''
    const nameless = request.headers.host === undefined && request.httpVersionMinor > 0
    if (nameless || !url.startsWith('/')) {
      sendProblem(api, response, '/', nameless ? noHost() : notAPath())
      return true
    }
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const search = mark < 0 ? '' : url.slice(mark + 1)
    const hot = byPath.get(path)
    if (!hot || (hot.spec.method !== 'all' && hot.spec.method.toUpperCase() !== request.method)) return false
    const refuse = (error: unknown) => sendProblem(api, response, path, error, hot.problemInHeader?.(search))
    const answer = (verification: Verification) => {
      let presented: HotAnswer
      try {
        presented = hot.present(verification, search)
      } catch (error) {
        const { key } = verification
        if (key && hot.delaysRefusals) return refusedKeys.refuse(key.keyId, () => refuse(error))
        return refuse(error)
      }
      const { lines, body } = presented
      const type = body === '' ? '' : 'Content-Type: application/json\r\n'
      sendLines(response, `${lines}${ANSWER_LINES}X-Request-Id: ${verification.requestId}\r\n${type}`, body)
    }
    try {
      hot.decide(api, request, search).then(answer, refuse)
    } catch (error) {
      refuse(error)
    }
    return true
  }
}

/** RFC 9112, section 3.2: every request of HTTP/1.1 names its host. */
function noHost(): Problem {
  return new Problem('validation-error', {
    detail: 'The header Host is missing.',
    errors: [{ field: 'Host', message: 'is required', code: 'required' }],
  })
}

/** Absolute and other request targets are for proxies. */
function notAPath(): Problem {
  return new Problem('validation-error', {
    detail: 'The request target must be a path.',
    errors: [{ field: 'url', message: 'must start with "/"', code: 'invalid_format' }],
  })
}

function sendProblem(
  api: ApiContext,
  response: ServerResponse,
  path: string,
  error: unknown,
  inHeader = false,
): void {
  const problem = toProblem(error)
  const requestId = newRequestId(Date.now(), false)
  const isUnavailable = problem.slug === 'service-unavailable'
  if (isUnavailable) api.metrics.regionUnavailable.inc()
  if (problem.status >= 500) {
    // While a dependency is away it is every request. An error of ours is found by its request's ID.
    const log = isUnavailable ? api.log.seldom : api.log
    log.error({ requestId, route: path, err: error }, 'a verification could not be answered')
  }
  const body = JSON.stringify(problem.body(api.env.PROBLEM_BASE_URL, path, requestId))
  response
    .writeHead(problem.status, {
      ...ANSWER_HEADERS,
      ...problem.headers,
      'Content-Type': 'application/problem+json',
      'Content-Length': Buffer.byteLength(body),
      'X-Request-Id': requestId,
      ...(inHeader ? { 'X-Problem': inAscii(body) } : {}),
    })
    .end(body)
}

/** The same JSON with everything that a header could not carry as an escape. */
function inAscii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
