import type { BuiltRequest } from './buildRequest.ts'
import type { Call } from './Call.ts'
import type { Deadline } from './Deadline.ts'
import { KeysProblem, unexpectedResponse, unreachable } from './KeysProblem.ts'

/** One attempt may take so long, in ms; a change is answered within a few seconds, done or not. */
const ATTEMPT_MS = 10_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 4_000

/** `base`: the service's URL, without a slash at its end. */
export type Sending = { base: string; fetch: typeof fetch; retries: number; deadline: Deadline }

/** `body`: what JSON says. Of a stream only `response` is there, and its body is not read. */
export type Answer = { response: Response; body: unknown }

/**
 * Sends a request until it has an answer that a further attempt would not change. Repeats what the service has not
 * done (429, 503), and what it may have done where doing it twice is the same. Throws a KeysProblem for everything but
 * a 2xx, and the reason of the caller's signal.
 */
export async function send(
  request: BuiltRequest,
  call: Call,
  sending: Sending,
  asStream = false,
): Promise<Answer> {
  for (let failures = 0; ; ) {
    const outcome = await attempt(request, sending, asStream)
    if (!(outcome instanceof KeysProblem)) return outcome
    if (outcome.slug !== 'idempotency-in-flight') failures += 1
    if (failures > sending.retries || !mayRepeat(outcome, request, call)) throw outcome
    if (!(await sending.deadline.pause(pauseBefore(outcome, failures)))) throw outcome
  }
}

async function attempt(
  { method, url, headers, body }: BuiltRequest,
  { fetch, deadline }: Sending,
  asStream: boolean,
): Promise<Answer | KeysProblem> {
  try {
    return await deadline.run(
      ATTEMPT_MS,
      async (signal) => {
        // Elsewhere is not who the token is for.
        const response = await fetch(url, { method, headers, body, signal, redirect: 'error' })
        if (asStream && response.ok) return { response, body: undefined }
        return read(response)
      },
      asStream,
    )
  } catch (error) {
    deadline.check(error)
    return unreachable(error)
  }
}

async function read(response: Response): Promise<Answer | KeysProblem> {
  const { status, headers } = response
  const text = await response.text()
  if (response.ok && text === '') return { response, body: undefined }
  const isJson = /^application\/(.+\+)?json\b/.test(headers.get('Content-Type') ?? '')
  const body = isJson ? parse(text) : undefined
  if (response.ok && body !== undefined) return { response, body }
  if (response.ok || typeof body !== 'object' || body === null) return unexpectedResponse(status)
  const retryAfter = secondsIn(headers.get('Retry-After'))
  return new KeysProblem(status, retryAfter === undefined ? { ...body } : { retryAfter, ...body })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `Retry-After` has seconds or a date. */
function secondsIn(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header)) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000))
}

function mayRepeat(
  { status, slug }: KeysProblem,
  { method, headers }: BuiltRequest,
  { once }: Call,
): boolean {
  const isKeyed = headers['Idempotency-Key'] !== undefined
  if (once && !isKeyed) return false
  if (status === 429 || status === 503) return true
  if (slug === 'idempotency-in-flight') return isKeyed
  // It may have been done. A second time it would be refused where it names the version that it changed.
  const isSame = isKeyed || (method !== 'POST' && headers['If-Match'] === undefined)
  return isSame && (status === 0 || status === 502 || status === 504)
}

function pauseBefore({ retryAfter }: KeysProblem, failures: number): number {
  if (retryAfter !== undefined) return retryAfter * 1000
  const grown = Math.min(FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE_MS)
  return Math.round(grown * (0.5 + Math.random() / 2))
}
