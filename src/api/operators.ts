import { createHash, timingSafeEqual } from 'node:crypto'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { KoaAdapter } from '@bull-board/koa'
import basicAuth from 'basic-auth'
import type { Queue } from 'bullmq'
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
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'self'; frame-ancestors 'none'"

/** Bull Board over every queue that is there, at /admin/queues: without those of a further region that is away. */
export function bullBoard(api: ApiContext): Middleware {
  const queues = [...api.queues.all.values()]
  const readOnlyMode = !api.env.OPERATOR_QUEUES_WRITE
  const boards = new Map(queues.map((queue) => [queue, new BullMQAdapter(queue, { readOnlyMode })]))
  const adapter = new KoaAdapter()
  adapter.setBasePath('/admin/queues')
  const { replaceQueues } = createBullBoard({
    queues: [...boards.values()],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Pictify Keys' } },
  })
  const board = adapter.registerPlugin()
  return async (ctx, next) => {
    const isThere = await Promise.all(queues.map(answers))
    const there = queues.filter((_, index) => isThere[index])
    if (!there.includes(api.queues.byName.commands))
      throw new Problem('service-unavailable', { detail: 'Redis is not available.', retryAfter: 2 })
    replaceQueues(there.flatMap((queue) => boards.get(queue) ?? []))
    ctx.set({ 'Content-Security-Policy': BOARD_POLICY, 'Referrer-Policy': 'no-referrer' })
    await board(ctx, next)
  }
}

/** Whether the queue's Redis answers; fails at once while it is away. */
async function answers(queue: Queue): Promise<boolean> {
  if (!(await reached(queue))) return false
  return queue.isPaused().then(
    () => true,
    () => false,
  )
}
