import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { findEvent } from '../events/eventStore.ts'
import type { EventRow } from '../events/presentEvent.ts'
import { HOUR_MS } from '../time.ts'
import { type Channel, ChannelSchema } from './Channel.ts'
import { atOnce } from './deliveryLimits.ts'
import { isTest, type Notification, NotificationSchema } from './Notification.ts'
import { isPaused } from './takeEvents.ts'
import { whyNotUnconfirmed } from './testBudget.ts'

/** Longer than any attempt may take: after it, whoever had leased the notification is dead. */
export const LEASE_MS = 45_000

/** Clocks of workers differ a little; a delayed job may be a little early. */
const EARLY_MS = 2_000

/** How long an alert waits for its channel to be verified. */
const UNVERIFIED_MS = HOUR_MS

/** How often a pushed event looks whether its channel is enabled and verified. Either makes it due at once. */
const PAUSED_MS = HOUR_MS

/** What to do about one notification now: send it, look again later, or (undefined) nothing. */
export type Lease =
  | { notification: Notification; channel: Channel; event: EventRow | undefined; leasedUntil: Date }
  | { delayMs: number; isEvent: boolean }
  | undefined

type HashesOf = (channel: Channel) => [string, ...string[]] | undefined

/**
 * Leases a notification for one attempt: of two workers one sends. Call it in a transaction of its own. A
 * channel or account with enough attempts under way makes it wait, without an attempt of its own. `hashesOf` are the
 * keyed hashes of a channel's target, the one to store first; undefined where this process cannot read the target.
 */
export async function leaseDelivery(
  em: SqlEntityManager,
  id: string,
  now: Date,
  hashesOf: HashesOf,
  random = Math.random,
): Promise<Lease> {
  const seen = await em.findOne(NotificationSchema, { id, status: 'pending' })
  if (!seen) return undefined
  // One lease of an owner at a time, so that those under way can be counted.
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 5))', [seen.accountId ?? 'operators'])
  const notification = await em.findOne(
    NotificationSchema,
    { id, status: 'pending' },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
  )
  if (!notification || !isDue(notification, now)) return undefined
  const channel = await em.findOne(ChannelSchema, { id: notification.channelId })
  const event = notification.eventId ? await findEvent(em, notification.eventId) : undefined
  const excuse =
    whyNot(notification, channel, now) ??
    (notification.eventId && !event ? 'The event is no longer kept.' : undefined) ??
    (await refuseStranger(em, notification, channel, hashesOf, now))
  if (excuse !== undefined || !channel) {
    await addAttempt(em, notification, { at: now, durationMs: 0, outcome: 'not-sent', detail: excuse })
    Object.assign(notification, { status: 'failed', finishedAt: now, nextAttemptAt: null })
    return undefined
  }
  const isEvent = Boolean(event)
  const delayMs = mustWait(notification, channel)
    ? isEvent
      ? PAUSED_MS
      : 30_000
    : (await isBusy(em, notification, now))
      ? (1_000 + random() * 9_000) * (isEvent && notification.attempts > 0 ? 10 : 1)
      : undefined
  if (delayMs !== undefined) {
    notification.nextAttemptAt = new Date(now.getTime() + delayMs)
    return { delayMs, isEvent }
  }
  const leasedUntil = new Date(now.getTime() + LEASE_MS)
  notification.leasedUntil = leasedUntil
  return { notification, channel, event, leasedUntil }
}

function isDue({ nextAttemptAt, leasedUntil }: Notification, now: Date): boolean {
  if (leasedUntil && leasedUntil > now) return false
  return !nextAttemptAt || nextAttemptAt.getTime() <= now.getTime() + EARLY_MS
}

const isAlert = ({ type, eventId }: Notification) =>
  !eventId && (type === 'alert.firing' || type === 'alert.resolved')

const mustWait = (notification: Notification, channel: Channel) =>
  notification.eventId ? isPaused(channel) : isAlert(notification) && !channel.verifiedAt

function whyNot(notification: Notification, channel: Channel | null, now: Date): string | undefined {
  if (!channel) return 'The channel was deleted.'
  if (isAlert(notification) && channel.disabledAt) return 'The channel is disabled.'
  if (notification.eventId && !channel.events) return 'The channel no longer subscribes to events.'
  if (notification.type === 'alert.test' && channel.type === 'email' && !channel.verifiedAt)
    return 'The address is not confirmed.'
  const waited = now.getTime() - notification.createdAt.getTime()
  if (isAlert(notification) && !channel.verifiedAt && waited > UNVERIFIED_MS)
    return 'The channel is not verified.'
  return undefined
}

/**
 * Marks a message to an address that nobody has confirmed; returns why it is not sent, where there were enough of
 * them.
 */
async function refuseStranger(
  em: SqlEntityManager,
  notification: Notification,
  channel: Channel | null,
  hashesOf: HashesOf,
  now: Date,
): Promise<string | undefined> {
  const isUnasked = isTest(notification.type) || notification.type === 'channel.verify'
  if (!channel || channel.verifiedAt || !isUnasked) return undefined
  const hashes = hashesOf(channel)
  // Whoever cannot read the address cannot send to it: the attempt says why.
  if (!hashes) return undefined
  notification.targetHash = hashes[0]
  return whyNotUnconfirmed(em, channel.type, hashes, now)
}

async function isBusy(
  em: SqlEntityManager,
  { accountId = null, channelId }: Notification,
  now: Date,
): Promise<boolean> {
  const [counts] = await em.execute<{ of_owner: string; of_channel: string }[]>(
    `select count(*) of_owner, count(*) filter (where channel_id = ?) of_channel from notification
     where ${accountId === null ? 'account_id is null' : 'account_id = ?'}
       and leased_until is not null and leased_until > ?`,
    accountId === null ? [channelId, now] : [channelId, accountId, now],
  )
  const { perOwner, perChannel } = atOnce(accountId)
  return Number(counts?.of_owner) >= perOwner || Number(counts?.of_channel) >= perChannel
}

export type Attempt = { at: Date; durationMs: number; outcome: string; status?: number; detail?: string }

/** Writes the next attempt of a notification that is locked. */
export async function addAttempt(
  em: SqlEntityManager,
  notification: Notification,
  { at, durationMs, outcome, status, detail }: Attempt,
): Promise<void> {
  notification.attempts += 1
  await em.execute(
    `insert into delivery_attempt (notification_id, number, at, duration_ms, outcome, status, detail)
     values (?, ?, ?, ?, ?, ?, ?)`,
    [
      notification.id,
      notification.attempts,
      at,
      Math.round(durationMs),
      outcome,
      status ?? null,
      detail ?? null,
    ],
  )
}

/** The notification, locked, if the lease is still the one that was given; else somebody else has it. */
export function lockLeased(
  em: SqlEntityManager,
  id: string,
  leasedUntil: Date,
): Promise<Notification | null> {
  return em.findOne(
    NotificationSchema,
    { id, status: 'pending', leasedUntil },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  )
}

/** Gives a leased notification back without an attempt, to be looked at again after `delayMs`. */
export async function releaseDelivery(
  em: SqlEntityManager,
  id: string,
  leasedUntil: Date,
  next: Date,
): Promise<void> {
  const notification = await lockLeased(em, id, leasedUntil)
  if (notification) Object.assign(notification, { leasedUntil: null, nextAttemptAt: next })
}
