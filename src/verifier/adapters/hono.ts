import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import type { KeyVerifier } from '../createVerifier.ts'
import { whenGone, whenSent } from './fetch.ts'
import { whenAnswered } from './guardNode.ts'
import { type AdmittedKey, type GuardOptions, guardRequest } from './guardRequest.ts'

/** What `@hono/node-server` has of `node:http`; elsewhere there is nothing of it. */
type NodeBindings = { incoming?: IncomingMessage; outgoing?: ServerResponse }

/**
 * Hono middleware: `c.get('apiKey')` is the key of an admitted request; a refused one goes no further. Without
 * `@hono/node-server`, a request has no address: give `clientIp`.
 */
export function honoKeys(
  verifier: KeyVerifier,
  options: GuardOptions<Context> = {},
): MiddlewareHandler<{ Variables: { apiKey: AdmittedKey } }> {
  return async (c, next) => {
    const { incoming, outgoing } = (c.env ?? {}) as NodeBindings
    const guarded = await guardRequest(verifier, options, [c], {
      url: c.req.path,
      method: c.req.method,
      headers: { authorization: c.req.header('authorization'), 'x-api-key': c.req.header('x-api-key') },
      address: incoming?.socket.remoteAddress,
    })
    if ('refused' in guarded) {
      const { status, headers, body } = guarded.refused
      return c.newResponse(body, status as 401, headers)
    }
    const { key, headers, answered } = guarded
    if (outgoing) whenAnswered(outgoing, answered)
    else whenGone(c.req.raw, answered)
    c.set('apiKey', key)
    await next()
    if (!outgoing) c.res = whenSent(c.res, headers, answered)
    else for (const [name, value] of Object.entries(headers)) c.header(name, value)
  }
}
