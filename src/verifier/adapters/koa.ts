import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KeyVerifier } from '../createVerifier.ts'
import { guardNode } from './guardNode.ts'
import type { GuardOptions } from './guardRequest.ts'

/** The part of Koa's context that is used here. */
type Context = {
  req: IncomingMessage
  res: ServerResponse
  // biome-ignore lint/suspicious/noExplicitAny: Koa leaves the type of its state to each application
  state: any
  status: number
  body: unknown
  set: (headers: Record<string, string>) => void
}

/** Koa middleware: `ctx.state.apiKey` is the key of an admitted request; a refused one goes no further. */
export function koaKeys<Ctx extends Context = Context>(
  verifier: KeyVerifier,
  options: GuardOptions<Ctx> = {},
) {
  return async (ctx: Ctx, next: () => Promise<unknown>): Promise<void> => {
    const guarded = await guardNode(verifier, options, { request: ctx, raw: ctx.req, response: ctx.res })
    if ('refused' in guarded) {
      const { status, headers, body } = guarded.refused
      ctx.status = status
      ctx.set(headers)
      ctx.body = body
      return
    }
    ctx.set(guarded.headers)
    ctx.state.apiKey = guarded.key
    await next()
  }
}
