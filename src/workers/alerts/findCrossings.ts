import { beginIncidents, isCrossing } from '../../domain/alerts/evaluateRules.ts'
import { readRest } from '../../domain/alerts/rest.ts'
import type { JobData } from '../../domain/jobs.ts'
import { deliveryJob } from '../../domain/notifications/deliveryJob.ts'
import { relayOutbox, writeOutbox } from '../../platform/outbox.ts'
import { primaryOf } from '../../region/openRegions.ts'
import type { WorkerContext } from '../context.ts'
import { Postponed } from '../Postponed.ts'
import { dashboardUrl } from './dashboardUrl.ts'

/** How long an account's rules are not looked at again, in ms. */
const TURN_MS = 1_000

/** The part of its time that a look at one account may take: rules over many keys are looked at less often. */
const PART = 0.1

/**
 * Begins the incidents that usage of an account begins, without waiting for the half minute. Safe to run twice, late
 * and at once: what has begun does not begin again, and all else is left to the evaluation of the minute. Usage that is
 * committed while this runs has a job of its own, which waits here until the account has its turn again.
 */
export async function findCrossings(
  context: WorkerContext,
  { accountId }: JobData<'find-crossings'>,
): Promise<void> {
  const { redis, names } = primaryOf(context.regions)
  const turn = names.crossingsTurn(accountId)
  if ((await redis.set(turn, '1', 'PX', TURN_MS, 'NX')) !== 'OK')
    throw new Postponed(Math.max(1, await redis.pttl(turn)))
  const started = performance.now()
  await look(context, accountId)
  const restMs = Math.ceil((performance.now() - started) / PART)
  if (restMs > TURN_MS) await redis.set(turn, '1', 'PX', restMs)
}

async function look(context: WorkerContext, accountId: string): Promise<void> {
  const { orm, now, notifiers } = context
  const at = now().getTime()
  const rest = await readRest(orm.em.fork(), accountId)
  if (!rest || at <= rest.to) return
  const evaluation = { accountId, at, rest, url: dashboardUrl(notifiers), now: new Date(at) }
  if (!(await isCrossing(orm.em.fork(), evaluation))) return
  const notified = await orm.em.fork().transactional(async (em) => {
    const ids = await beginIncidents(em, evaluation)
    for (const notificationId of ids) await writeOutbox(em, deliveryJob(notificationId))
    return ids.length
  })
  context.events.soon()
  if (notified > 0) await relayOutbox(orm.em, context.queues.send)
}
