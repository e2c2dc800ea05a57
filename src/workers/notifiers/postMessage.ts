import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { hostOf, isPublicAddress, refuseUrl } from '../../domain/notifications/publicAddress.ts'
import { retryAfterMs } from '../../domain/notifications/retrySchedule.ts'
import { TimedOut, within } from '../../platform/within.ts'
import { type Address, createLookUp } from './lookUp.ts'
import { type Outcome, snippet } from './Outcome.ts'

export type OutboundPolicy = {
  /** Every address of a name. */
  resolve: (host: string) => Promise<Address[]>
  /** WEBHOOK_ALLOW_PRIVATE: any address will do. */
  allowPrivate: boolean
  /** For looking up, connecting, sending and the answer's head together. */
  timeoutMs: number
}

export const outboundPolicy = (allowPrivate: boolean): OutboundPolicy => ({
  resolve: createLookUp(),
  allowPrivate,
  timeoutMs: 15_000,
})

/** What is read of an answer, and for how long: the status decides, the rest is for the log. */
const ANSWER_BYTES = 64 * 1024
const ANSWER_MS = 2_000

/**
 * Posts a message to an address that somebody else chose. Its name is looked up once, refused if any of its addresses
 * is not public, and the connection goes to one of those that were looked at: an answer of DNS that changes changes
 * nothing. Redirects are not followed, and the answer is cut.
 */
export async function postMessage(
  target: string,
  headers: Record<string, string>,
  body: Buffer,
  { resolve, allowPrivate, timeoutMs }: OutboundPolicy,
  now: Date,
): Promise<Outcome> {
  const url = new URL(target)
  const refusal = refuseUrl(url, allowPrivate)
  if (refusal) return { outcome: 'refused', detail: `The URL ${refusal}.` }
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    const host = hostOf(url)
    const addresses = isIP(host)
      ? [{ address: host, family: isIP(host) }]
      : await within(timeoutMs, resolve(host))
    if (addresses.length === 0) return { outcome: 'unreachable', detail: 'The name has no address.' }
    if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address)))
      return { outcome: 'refused', detail: 'The name resolves to an address that is not public.' }
    const response = await send(url, headers, body, addresses, deadline)
    const outcome = judge(response, now)
    return { ...outcome, detail: snippet(await readSome(response)) ?? outcome.detail }
  } catch (error) {
    if (deadline.aborted || error instanceof TimedOut)
      return { outcome: 'timeout', detail: `No answer within ${timeoutMs / 1000} s.` }
    // Its code alone: a message can name what was asked for.
    return { outcome: 'unreachable', detail: (error as { code?: string }).code ?? 'The connection failed.' }
  }
}

function send(
  url: URL,
  headers: Record<string, string>,
  body: Buffer,
  addresses: Address[],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const pinned: LookupFunction = (_host, options, done) => {
    const [first] = addresses
    if (options.all) done(null, addresses)
    else done(null, first?.address ?? '', first?.family)
  }
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      // A connection of its own: nothing of another account's is reused.
      agent: false,
      lookup: pinned,
      signal,
      headers: { ...headers, 'Content-Length': String(body.length), 'User-Agent': 'Pictify-Keys/1' },
    })
    request.on('response', resolve)
    request.on('error', reject)
    request.end(body)
  })
}

function judge(response: IncomingMessage, now: Date): Outcome {
  const status = response.statusCode ?? 0
  if (status >= 200 && status < 300) return { outcome: 'delivered', status }
  if (status === 410) return { outcome: 'gone', status }
  if (status >= 300 && status < 400)
    return { outcome: 'rejected', status, detail: 'A redirect, which is not followed.' }
  return { outcome: 'rejected', status, retryAfterMs: retryAfterMs(response.headers['retry-after'], now) }
}

/** The beginning of an answer. Never throws: the status has been read. */
function readSome(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      response.destroy()
      resolve(Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8'))
    }
    const timer = setTimeout(end, ANSWER_MS)
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size >= ANSWER_BYTES) end()
    })
    response.on('end', end)
    response.on('error', end)
    response.on('close', end)
  })
}
