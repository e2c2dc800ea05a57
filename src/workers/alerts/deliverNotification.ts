import type { JobData } from '../../domain/jobs.ts'
import { digestOf } from '../../domain/keys/keyFormat.ts'
import type { Channel } from '../../domain/notifications/Channel.ts'
import { deliveryJob, EVENT_PRIORITY } from '../../domain/notifications/deliveryJob.ts'
import { leaseDelivery, releaseDelivery } from '../../domain/notifications/deliveryStore.ts'
import { recordAttempt } from '../../domain/notifications/recordAttempt.ts'
import { PRIMARY } from '../../domain/regions.ts'
import { enqueuePushes } from '../../platform/enqueuePushes.ts'
import { relayOutbox, writeOutbox } from '../../platform/outbox.ts'
import { UnreadableSecret } from '../../platform/secretsKeys.ts'
import { tracing } from '../../platform/tracing.ts'
import type { WorkerContext } from '../context.ts'
import {
  destinationOf,
  type Leased,
  type Notifiers,
  sendNotification,
  targetOf,
} from '../notifiers/Notifiers.ts'
import type { Outcome } from '../notifiers/Outcome.ts'

/**
 * Makes one attempt to deliver a notification: lease, send, record, see to the next one. Safe to run twice or at
 * once: one run has the lease, the others do nothing. A worker that dies between sending and recording is the one
 * case in which a message comes twice, with the same ID; the sweeper sees to what the dead one had leased.
 */
export async function deliverNotification(
  context: WorkerContext,
  { notificationId: id }: JobData<'deliver-notification'>,
): Promise<void> {
  const { orm, notifiers, now, metrics, log } = context
  const lease = await orm.em.fork().transactional((em) =>
    leaseDelivery(em, id, now(), (channel) => {
      const target = asResult(() => targetOf(notifiers, channel))
      return target instanceof Error ? undefined : notifiers.vault.hashesOf(target.toLowerCase())
    }),
  )
  if (!lease) return
  if ('delayMs' in lease) return lookAgain(context, { id, ...lease })
  const { channel, event, leasedUntil } = lease
  const isEvent = event !== undefined
  const leadsTo = sameTargetAs(notifiers, channel)
  const attempt = await attemptOne(context, lease)
  if ('delayMs' in attempt) {
    const next = new Date(now().getTime() + attempt.delayMs)
    await orm.em.fork().transactional((em) => releaseDelivery(em, id, leasedUntil, next))
    return lookAgain(context, { id, isEvent, delayMs: attempt.delayMs })
  }
  metrics.deliveries.inc({ channel: channel.type, outcome: attempt.outcome })

  const recorded = await orm.em.fork().transactional(async (em) => {
    const facts = { now: now(), canMail: notifiers.mailer !== undefined, channelsUrl: channelsUrl(notifiers) }
    const written = await recordAttempt(em, { id, leasedUntil, leadsTo }, attempt, facts)
    for (const notificationId of written.follow) await writeOutbox(em, deliveryJob(notificationId))
    return written
  })
  if (recorded.disabled)
    log.warn({ channelId: channel.id, outcome: attempt.outcome }, 'a channel was disabled')
  if (recorded.delayMs !== undefined) await lookAgain(context, { id, isEvent, delayMs: recorded.delayMs })
  if (recorded.follow.length > 0) await relayOutbox(orm.em, context.queues.send)
  // There is room for another event, or the channel works again.
  if (channel.events) await enqueuePushes(context, { channelId: channel.id }, true).catch(() => {})
}

/**
 * Whether a channel, read after the attempt, still leads to where it led before. The same address may have been sealed
 * again meanwhile. It is not kept open as long as the attempt takes.
 */
function sameTargetAs(
  notifiers: Notifiers,
  { sealedTarget: before }: Channel,
): (channel: Channel) => boolean {
  return (channel) => {
    const { id, sealedTarget: after } = channel
    if (after === before) return true
    const targets = [before, after].map((sealedTarget) =>
      asResult(() => targetOf(notifiers, { id, sealedTarget })),
    )
    return typeof targets[0] === 'string' && targets[0] === targets[1]
  }
}

const channelsUrl = ({ publicUrl }: Notifiers) =>
  publicUrl === undefined ? null : `${publicUrl}/dashboard/channels`

/** Sends, if the host and Slack have a place for it now; else says when to look again. */
async function attemptOne(
  context: WorkerContext,
  leased: Leased,
): Promise<(Outcome & { at: Date; durationMs: number }) | { delayMs: number }> {
  const { orm, notifiers, now, log } = context
  const at = now()
  const started = performance.now()
  const unprepared = (error: Error): Outcome => {
    const { id } = leased.notification
    log.error({ notificationId: id, reason: error.message }, 'a notification could not be prepared')
    const why = error instanceof UnreadableSecret ? ` ${error.message}` : ''
    return { outcome: 'unreachable', detail: `The message could not be prepared.${why}` }
  }
  const destination = asResult(() => destinationOf(notifiers, leased))
  if (destination instanceof Error) return { ...unprepared(destination), at, durationMs: 0 }
  const leave = notifiers.destinations.enter(destination)
  if (!leave) return { delayMs: 1_000 + Math.random() * 9_000 }
  try {
    const delayMs = await slackDelayMs(context, leased.channel)
    if (delayMs > 0) return { delayMs }
    const { notification, channel } = leased
    const facts = { 'pictify.notification.id': notification.id, 'pictify.channel.type': channel.type }
    const outcome = await tracing.traced(`deliver ${channel.type}`, facts, async () => {
      const made = await sendNotification(orm.em.fork(), notifiers, leased, at).catch(unprepared)
      tracing.note({ 'pictify.outcome': made.outcome })
      return made
    })
    return { ...outcome, at, durationMs: performance.now() - started }
  } finally {
    leave()
  }
}

function asResult<Value>(make: () => Value): Value | Error {
  try {
    return make()
  } catch (error) {
    return error as Error
  }
}

/** The row says when, too: a job that is lost here is found by the sweeper. */
async function lookAgain(
  { queues, log }: WorkerContext,
  { id: notificationId, delayMs, isEvent }: { id: string; delayMs: number; isEvent: boolean },
): Promise<void> {
  const priority = isEvent ? EVENT_PRIORITY : undefined
  await queues
    .add('deliver-notification', { notificationId }, undefined, { delayMs: Math.ceil(delayMs), priority })
    .catch((error) => log.warn({ notificationId, reason: error.message }, 'the sweeper will deliver it'))
}

/** Slack takes one message a second per URL. How long this one has to wait for its turn, in ms; 0: it has it. */
async function slackDelayMs({ regions, notifiers }: WorkerContext, channel: Channel): Promise<number> {
  const primary = regions.get(PRIMARY)
  if (channel.type !== 'slack' || !primary) return 0
  const { redis, names } = primary
  const turn = names.slackTurn(digestOf(targetOf(notifiers, channel)))
  if ((await redis.set(turn, '1', 'PX', 1_000, 'NX')) === 'OK') return 0
  return Math.max(1, await redis.pttl(turn)) + Math.random() * 2_000
}
