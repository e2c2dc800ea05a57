import { accountsWithRules } from '../../domain/alerts/alertStore.ts'
import type { WorkerContext } from '../context.ts'

const HALF_MINUTE_MS = 30_000

/**
 * Lists the accounts that have rules, and enqueues a job for each that evaluates them for the half minute that has
 * passed. It finds what time alone changes, and crossings of which a worker died before it could say so
 * (CrossingWatch.ts). Safe to run twice: account and time are the ID of the job.
 */
export async function enqueueAlertEvaluations({ orm, queues, now }: WorkerContext): Promise<void> {
  const at = Math.floor(now().getTime() / HALF_MINUTE_MS) * HALF_MINUTE_MS
  for (const accountId of await accountsWithRules(orm.em.fork()))
    await queues.add('evaluate-account', { accountId, at }, `evaluate-${accountId}-${at}`)
}
