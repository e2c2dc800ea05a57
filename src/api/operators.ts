import { createHash, timingSafeEqual } from 'node:crypto'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { KoaAdapter } from '@bull-board/koa'
import basicAuth from 'basic-auth'
import type { Middleware } from 'koa'
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

/** Bull Board over every queue, at /admin/queues. */
export function bullBoard(api: ApiContext): Middleware {
  const adapter = new KoaAdapter()
  adapter.setBasePath('/admin/queues')
  createBullBoard({
    queues: Object.values(api.queues.byName).map((queue) => new BullMQAdapter(queue)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Pictify Keys' } },
  })
  return adapter.registerPlugin()
}
