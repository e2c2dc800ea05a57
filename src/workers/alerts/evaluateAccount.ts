import { evaluateRules } from '../../domain/alerts/evaluateRules.ts'
import { missedMinutes } from '../../domain/alerts/missedMinutes.ts'
import { readRest } from '../../domain/alerts/rest.ts'
import type { JobData } from '../../domain/jobs.ts'
import { deliveryJob } from '../../domain/notifications/deliveryJob.ts'
import { relayOutbox, writeOutbox } from '../../platform/outbox.ts'
import type { WorkerContext } from '../context.ts'
import { dashboardUrl } from './dashboardUrl.ts'

/**
 * Evaluates one account at one instant, and before that at each minute that nobody has evaluated: a backlog sends the
 * notifications that it would have sent, in order. Safe to run twice, late and out of order: the transaction that
 * writes a rule's state and notifications also writes until when the rule is evaluated. The rules of a suspended
 * account rest, and the time of the suspension is not evaluated later.
 */
export async function evaluateAccount(
  context: WorkerContext,
  { accountId, at }: JobData<'evaluate-account'>,
): Promise<void> {
  const { orm, now, metrics, notifiers } = context
  const url = dashboardUrl(notifiers)
  const rest = await readRest(orm.em.fork(), accountId)
  if (!rest || at <= rest.to) return
  let notified = 0
  for (const minute of [...(await missedMinutes(orm.em.fork(), accountId, at, rest.to)), at]) {
    notified += await orm.em.fork().transactional(async (em) => {
      const ids = await evaluateRules(em, { accountId, at: minute, rest, url, now: now() })
      for (const notificationId of ids) await writeOutbox(em, deliveryJob(notificationId))
      return ids.length
    })
  }
  context.events.soon()
  metrics.alertLag.observe(Math.max(0, now().getTime() - at) / 1000)
  if (notified > 0) await relayOutbox(orm.em, context.queues.send)
}
