import { randomUUID } from 'node:crypto'
import Router from '@koa/router'
import type { KeyVerifier } from '@pictify/keys-verifier'
import { koaKeys } from '@pictify/keys-verifier/koa'
import Koa, { type Context, type Next } from 'koa'
import { readImageRequest } from './imageRequest.ts'
import { Problem } from './problem.ts'
import type { Renderer } from './render.ts'

type Dependencies = { verifier: KeyVerifier; renderer: Renderer }

export function createApp({ verifier, renderer }: Dependencies): Koa {
  // Everything that may refuse the request comes before the verification, which uses up a render.
  const readImage = async (ctx: Context, next: Next) => {
    // Without a key the next step refuses: no body of a stranger is read.
    if (ctx.get('Authorization') || ctx.get('X-API-Key')) ctx.state.image = await readImageRequest(ctx.req)
    if (renderer.isFull()) throw busy()
    await next()
  }
  // Refuses with the problem, sets the limit headers, and reports status and latency when the answer has left.
  const verifyKey = koaKeys<Context>(verifier, { permission: 'renders:write', clientIp: (ctx) => ctx.ip })

  const router = new Router()
  router.post('/image', readImage, verifyKey, async (ctx) => {
    const { image, apiKey } = ctx.state
    ctx.body = await renderer.render({ ...image, watermark: apiKey.watermark })
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

/** Every refusal of our own leaves as `application/problem+json`, and every answer has a request ID. */
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
