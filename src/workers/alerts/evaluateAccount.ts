import { accountsWithRules } from '../../domain/alerts/alertStore.ts'
import { evaluateMinute } from '../../domain/alerts/evaluateMinute.ts'
import { missedMinutes } from '../../domain/alerts/missedMinutes.ts'
import type { JobData } from '../../domain/jobs.ts'
import { deliveryJob } from '../../domain/notifications/deliveryJob.ts'
import { relayOutbox, writeOutbox } from '../../platform/outbox.ts'
import type { WorkerContext } from '../context.ts'

const HALF_MINUTE_MS = 30_000

/**
 * Lists the accounts that have rules and has each evaluated by a job of its own, as of the half minute that has
 * passed: with that a crossing is told within 30 s and some, whatever its second. Safe to run twice: the job's ID is
 * the account's and the time's.
 */
export async function enqueueAlertEvaluations({ orm, queues, now }: WorkerContext): Promise<void> {
  const at = Math.floor(now().getTime() / HALF_MINUTE_MS) * HALF_MINUTE_MS
  for (const accountId of await accountsWithRules(orm.em.fork()))
    await queues.add('evaluate-account', { accountId, at }, `evaluate-${accountId}-${at}`)
}

/**
 * Evaluates one account as of an instant, and before that as of the minutes which nobody has evaluated: a backlog
 * tells what it would have told, in order. Safe to run twice, late and out of order: a rule knows until when it was
 * evaluated, in the transaction that writes its state and its notifications.
 */
export async function evaluateAccount(
  context: WorkerContext,
  { accountId, at }: JobData<'evaluate-account'>,
): Promise<void> {
  const { orm, now, metrics, notifiers } = context
  const url = (path: string) => (notifiers.publicUrl ? `${notifiers.publicUrl}/dashboard${path}` : null)
  let notified = 0
  for (const minute of [...(await missedMinutes(orm.em.fork(), accountId, at)), at]) {
    notified += await orm.em.fork().transactional(async (em) => {
      const ids = await evaluateMinute(em, { accountId, at: minute, url, now: now() })
      for (const notificationId of ids) await writeOutbox(em, deliveryJob(notificationId))
      return ids.length
    })
  }
  metrics.alertLag.observe(Math.max(0, now().getTime() - at) / 1000)
  if (notified > 0) await relayOutbox(orm.em, context.queues.send)
}
