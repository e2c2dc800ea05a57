import { listUnchecked } from '../../domain/usage/reconcile.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Lists the past days that nobody has checked since they last changed, and has each account's checked by a job of its
 * own. A late event opens its day again. Safe to run twice: to check is to read.
 */
export async function enqueueUsageChecks({ orm, queues, now }: WorkerContext): Promise<void> {
  const today = now().toISOString().slice(0, 10)
  for (const { accountId, day } of await listUnchecked(orm.em.fork(), today)) {
    await queues.add('reconcile-account', { accountId, day }, `reconcile-${accountId}-${day}-on-${today}`)
  }
}
