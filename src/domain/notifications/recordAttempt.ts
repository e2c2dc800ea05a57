import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { DAY_MS } from '../time.ts'
import { type Channel, ChannelSchema, isOperators } from './Channel.ts'
import { type Attempt, addAttempt, lockLeased } from './deliveryStore.ts'
import { disableChannel, type Facts } from './disableChannel.ts'
import { isTest, type Notification } from './Notification.ts'
import { nextDelayMs } from './retrySchedule.ts'

/** After this long without one success a channel is switched off. The schedule is at its end after three days. */
const FAILING_MS = 5 * DAY_MS

/**
 * `delayMs`: when the next attempt follows. `follow`: further notifications to deliver. `disabled`: the attempt has
 * switched the channel off.
 */
export type Recorded = { delayMs?: number; follow: string[]; disabled?: true }

/**
 * Writes what came of an attempt, into the log, the notification and its channel, and decides what is next. Where the
 * lease has passed to another worker nothing is written: that one records its own. `leadsTo` says whether a channel
 * still has the address that the attempt was made to.
 */
export async function recordAttempt(
  em: SqlEntityManager,
  leased: { id: string; leasedUntil: Date; leadsTo: (channel: Channel) => boolean },
  attempt: Attempt & { retryAfterMs?: number },
  facts: Facts,
): Promise<Recorded> {
  const { now } = facts
  const notification = await lockLeased(em, leased.id, leased.leasedUntil)
  if (!notification) return { follow: [] }
  await addAttempt(em, notification, attempt)
  notification.leasedUntil = null
  const channel = await em.findOne(
    ChannelSchema,
    { id: notification.channelId },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  )
  // A notice goes to an admin, so it says nothing about the channel. Nor does a message to an address that the channel
  // no longer has.
  const isElsewhere = !channel || !leased.leadsTo(channel)
  const concerned = notification.type === 'channel.disabled' || isElsewhere ? null : channel
  if (attempt.outcome === 'delivered') {
    finish(notification, 'delivered', now)
    return { follow: concerned ? await noteSuccess(em, notification, concerned, now) : [] }
  }
  const follow = concerned ? await noteFailure(em, concerned, attempt, facts) : []
  const made = notification.attempts - notification.turnBeganAt
  const delayMs = attempt.outcome === 'gone' ? undefined : nextDelayMs(made, attempt.retryAfterMs)
  if (delayMs === undefined) finish(notification, 'failed', now)
  else notification.nextAttemptAt = new Date(now.getTime() + delayMs)
  const disabled = concerned?.disabledAt === now ? ({ disabled: true } as const) : {}
  return { delayMs, follow, ...disabled }
}

function finish(notification: Notification, status: 'delivered' | 'failed', now: Date): void {
  Object.assign(notification, { status, finishedAt: now, nextAttemptAt: null })
}

/**
 * A test that arrived verifies a Slack or webhook channel, and switches any channel on again. Whatever arrives verifies
 * a webhook of the operators: it is not what they wait for.
 */
async function noteSuccess(
  em: SqlEntityManager,
  notification: Notification,
  channel: Channel,
  now: Date,
): Promise<string[]> {
  channel.failingSince = null
  const proves = isTest(notification.type)
  const wasOn = !channel.disabledAt && Boolean(channel.verifiedAt || channel.type === 'email')
  if (proves) Object.assign(channel, { disabledAt: null, disabledReason: null })
  if (channel.type !== 'email' && (proves || isOperators(channel))) channel.verifiedAt ??= now
  return proves && !wasOn ? makeDueNow(em, channel.id, now) : []
}

/** What waited for a channel to be verified or enabled is due now. Returns the notifications to deliver. */
export async function makeDueNow(em: SqlEntityManager, channelId: string, now: Date): Promise<string[]> {
  const rows = await em.execute<{ id: string }[]>(
    `update notification set next_attempt_at = ?
     where channel_id = ? and status = 'pending' and leased_until is null and (attempts = 0 or event_id is not null)
     returning id`,
    [now, channelId],
  )
  return rows.map(({ id }) => id)
}

async function noteFailure(
  em: SqlEntityManager,
  channel: Channel,
  { outcome }: Attempt,
  facts: Facts,
): Promise<string[]> {
  const { now } = facts
  channel.failingSince ??= now
  if (channel.disabledAt) return []
  if (outcome === 'gone') {
    return disableChannel(em, channel, 'The receiver answered 410 Gone.', facts)
  }
  if (now.getTime() - channel.failingSince.getTime() < FAILING_MS) return []
  return disableChannel(em, channel, 'Nothing was delivered for five days.', facts)
}
