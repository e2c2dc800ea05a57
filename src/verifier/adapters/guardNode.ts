import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KeyVerifier } from '../createVerifier.ts'
import { CLIENT_CLOSED_REQUEST, type Guarded, type GuardOptions, guardRequest } from './guardRequest.ts'

/**
 * Decides about a request of `node:http`, and sees to it that its status and latency are reported when its answer has
 * left, or when the caller has gone. `request` is the framework's own.
 */
export async function guardNode<Request>(
  verifier: KeyVerifier,
  options: GuardOptions<Request>,
  { request, raw, response }: { request: Request; raw: IncomingMessage; response: ServerResponse },
): Promise<Guarded> {
  const guarded = await guardRequest(verifier, options, [request], {
    // Express takes from `url` what the path of a router has matched.
    url: (raw as { originalUrl?: string }).originalUrl ?? raw.url ?? '/',
    method: raw.method,
    headers: raw.headers,
    address: raw.socket.remoteAddress,
  })
  if ('key' in guarded) whenAnswered(response, guarded.answered)
  return guarded
}

/** Calls back with the status, even if the caller has gone. */
export function whenAnswered(response: ServerResponse, answered: (status: number) => void): void {
  const done = () => answered(response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST)
  if (response.closed || response.destroyed) done()
  else response.once('close', done)
}
