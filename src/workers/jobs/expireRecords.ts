import type { WorkerContext } from '../context.ts'

const DAY = 24 * 3600 * 1000

/** Forgets sealed answers after 24 h, ended sessions, finished commands after 90 days, and claims after 36. Safe to run twice. */
export async function expireRecords(context: WorkerContext): Promise<void> {
  const em = context.orm.em.fork()
  const before = (days: number) => new Date(context.now().getTime() - days * DAY)
  await em.execute(
    `update command set idempotency_hash = null, sealed_secret = null
     where idempotency_hash is not null and created_at < ?`,
    [before(1)],
  )
  await em.execute('delete from session where expires_at < ?', [before(0)])
  await em.execute(`delete from command where finished_at < ? and status in ('succeeded', 'failed')`, [
    before(90),
  ])
  await em.execute('delete from usage_claim where claimed_at < ?', [before(36)])
}
