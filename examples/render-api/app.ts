import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import Koa, { type Context, type Next } from 'koa'
import { readImageRequest } from './imageRequest.ts'
import { type KeysClient, presentedKey, problemOf } from './keys.ts'
import { Problem } from './problem.ts'
import type { Renderer } from './render.ts'
import type { UsageReporter } from './usageReporter.ts'

/** What nginx logs, too, when the caller went away before the answer. */
const CLIENT_CLOSED_REQUEST = 499

type Dependencies = { keys: KeysClient; usage: Pick<UsageReporter, 'record'>; renderer: Renderer }

export function createApp({ keys, usage, renderer }: Dependencies): Koa {
  const router = new Router()

  router.post('/image', async (ctx) => {
    const startedAt = new Date()
    const key = presentedKey(ctx.headers)
    // Everything that may refuse the request comes before the verification, which uses up a render.
    const image = await readImageRequest(ctx.req)
    if (renderer.isFull()) throw busy()

    const request = { ip: ctx.ip, endpoint: '/image', method: 'POST' }
    const verification = await keys.verify({ key, permission: 'renders:write', units: 1, ...request })
    ctx.set({ ...verification.limitHeaders, 'X-Request-Id': verification.requestId })
    if (verification.code !== 'VALID') throw problemOf(verification)

    const { keyId, requestId, watermark } = verification
    whenAnswered(ctx, (status) => {
      const latencyMs = Date.now() - startedAt.getTime()
      const at = startedAt.toISOString()
      usage.record({ id: randomUUID(), at, keyId, status, latencyMs, requestId, ...request })
    })

    ctx.body = await renderer.render({ ...image, watermark })
    ctx.type = 'image/png'
    ctx.set('Cache-Control', 'no-store')
  })

  const app = new Koa()
  app.use(problems)
  app.use(router.routes())
  app.use(router.allowedMethods())
  return app
}

const busy = () => new Problem('service-unavailable', 'Too many renders are waiting.', { retryAfter: 1 })

/** Calls back once with the status, even if the caller has gone. */
function whenAnswered(ctx: Context, report: (status: number) => void): void {
  const done = () => report(ctx.res.writableFinished ? ctx.status : CLIENT_CLOSED_REQUEST)
  if (ctx.res.destroyed) done()
  else ctx.res.once('close', done)
}

/** Every refusal leaves as `application/problem+json`, and every answer has a request ID. */
async function problems(ctx: Context, next: Next): Promise<void> {
  ctx.set('X-Request-Id', `req_${randomUUID()}`)
  try {
    await next()
    if (ctx.status === 404) throw new Problem('not-found', 'POST /image is all there is.')
    if (ctx.status === 405 || ctx.status === 501) throw new Problem('method-not-allowed', 'Use POST.')
  } catch (error) {
    if (!(error instanceof Problem)) console.error(error)
    const problem = error instanceof Problem ? error : new Problem('internal-error', 'Try again later.')
    ctx.status = problem.status
    ctx.set(problem.headers())
    ctx.body = JSON.stringify(problem.body(ctx.path, ctx.response.get('X-Request-Id')))
    ctx.type = 'application/problem+json'
  }
}
