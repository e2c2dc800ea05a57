import type { Queue } from 'bullmq'
import type { Middleware } from 'koa'
import { reached } from '../../platform/reached.ts'
import type { ApiContext } from '../context.ts'
import { Problem } from '../problems.ts'

/** Bull Board's page asks another host for its fonts: it does without. */
const BOARD_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'self'; frame-ancestors 'none'"

/**
 * Bull Board over every queue that is there, at /admin/queues: without those of a further region that is away. It
 * only shows, unless OPERATOR_QUEUES_WRITE is set: who can remove jobs of `metering` or `slots` removes
 * usage that was acknowledged.
 */
export function bullBoard(api: ApiContext): Middleware {
  const queues = [...api.queues.all.values()]
  const readOnlyMode = !api.env.OPERATOR_QUEUES_WRITE
  let opened: ReturnType<typeof openBoard> | undefined
  return async (ctx, next) => {
    if (readOnlyMode && ctx.method !== 'GET' && ctx.method !== 'HEAD')
      throw new Problem(
        'method-not-allowed',
        { detail: 'Queues are only shown here. OPERATOR_QUEUES_WRITE=true lets operators change them.' },
        { Allow: 'GET' },
      )
    const isThere = await Promise.all(queues.map(answers))
    const there = queues.filter((_, index) => isThere[index])
    if (!there.includes(api.queues.byName.commands))
      throw new Problem('service-unavailable', { detail: 'Redis is not available.', retryAfter: 2 })
    opened ??= openBoard(queues, readOnlyMode)
    const { boards, replaceQueues, board } = await opened
    replaceQueues(there.flatMap((queue) => boards.get(queue) ?? []))
    ctx.set({ 'Content-Security-Policy': BOARD_POLICY, 'Referrer-Policy': 'no-referrer' })
    await board(ctx, next)
  }
}

/** Loads the board's packages, a fifth of what an api would load at its start, when somebody first looks at it. */
async function openBoard(queues: Queue[], readOnlyMode: boolean) {
  const [{ createBullBoard }, { BullMQAdapter }, { KoaAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/koa'),
  ])
  const boards = new Map(queues.map((queue) => [queue, new BullMQAdapter(queue, { readOnlyMode })]))
  const adapter = new KoaAdapter()
  adapter.setBasePath('/admin/queues')
  const { replaceQueues } = createBullBoard({
    queues: [...boards.values()],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Pictify Keys' } },
  })
  return { boards, replaceQueues, board: adapter.registerPlugin() }
}

/** Whether the queue's Redis answers; fails at once while it is away. */
async function answers(queue: Queue): Promise<boolean> {
  if (!(await reached(queue))) return false
  return queue.isPaused().then(
    () => true,
    () => false,
  )
}
