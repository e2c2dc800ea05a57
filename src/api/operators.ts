import { createHash, timingSafeEqual } from 'node:crypto'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { KoaAdapter } from '@bull-board/koa'
import basicAuth from 'basic-auth'
import type { Middleware } from 'koa'
import { reached } from '../platform/reached.ts'
import type { ApiContext } from './context.ts'
import { Problem } from './problems.ts'

const same = (a: string, b: string) =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())

/** Lets operators in by HTTP Basic. Without OPERATOR_PASSWORD what it guards does not exist: never open by default. */
export function operatorsOnly(api: ApiContext): Middleware {
  return (ctx, next) => {
    const { OPERATOR_USER: user, OPERATOR_PASSWORD: password } = api.env
    if (password === undefined) throw new Problem('not-found', { detail: 'There is nothing here.' })
    const given = basicAuth(ctx.req)
    if (given && same(given.name, user) && same(given.pass, password)) return next()
    throw new Problem(
      'missing-authorization',
      { detail: 'This takes the operator’s credentials.' },
      { 'WWW-Authenticate': 'Basic realm="operators", charset="UTF-8"' },
    )
  }
}

/** Bull Board's page asks another host for its fonts: it does without. */
const BOARD_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"

/** Bull Board over every queue, at /admin/queues. */
export function bullBoard(api: ApiContext): Middleware {
  const queues = [...api.queues.all.values()]
  const adapter = new KoaAdapter()
  adapter.setBasePath('/admin/queues')
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Pictify Keys' } },
  })
  const board = adapter.registerPlugin()
  return async (ctx, next) => {
    const all = await Promise.all(queues.map(reached))
    if (all.includes(false))
      throw new Problem('service-unavailable', { detail: 'Redis is not available.', retryAfter: 2 })
    ctx.set({ 'Content-Security-Policy': BOARD_POLICY, 'Referrer-Policy': 'no-referrer' })
    await board(ctx, next)
  }
}
