import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { HOUR_MS } from '../time.ts'
import { type Channel, ChannelSchema } from './Channel.ts'
import { type Notification, NotificationSchema } from './Notification.ts'
import { whyNotUnconfirmed } from './testBudget.ts'

/** Longer than any attempt may take: after it, whoever had leased the notification is dead. */
export const LEASE_MS = 45_000

/** Attempts at once. A receiver that hangs holds up its own channel, an account that has many of those itself. */
const AT_ONCE_PER_CHANNEL = 4
const AT_ONCE_PER_ACCOUNT = 12

/** Clocks of workers differ a little; a delayed job may be a little early. */
const EARLY_MS = 2_000

/** How long an alert waits for its channel to be verified. */
const UNVERIFIED_MS = HOUR_MS

/** What to do about one notification now: send it, look again later, or (undefined) nothing. */
export type Lease =
  | { notification: Notification; channel: Channel; leasedUntil: Date }
  | { delayMs: number }
  | undefined

/**
 * Leases a notification for one attempt: of two workers one sends. Call it in a transaction of its own. A
 * channel or account with enough attempts under way makes it wait, without an attempt of its own. `hashOf` is the keyed
 * hash of a channel's target.
 */
export async function leaseDelivery(
  em: SqlEntityManager,
  id: string,
  now: Date,
  hashOf: (channel: Channel) => string,
  random = Math.random,
): Promise<Lease> {
  const seen = await em.findOne(NotificationSchema, { id, status: 'pending' })
  if (!seen) return undefined
  // One lease of an account at a time, so that those under way can be counted.
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 5))', [seen.accountId])
  const notification = await em.findOne(
    NotificationSchema,
    { id, status: 'pending' },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
  )
  if (!notification || !isDue(notification, now)) return undefined
  const channel = await em.findOne(ChannelSchema, { id: notification.channelId })
  const excuse =
    whyNot(notification, channel, now) ?? (await refuseStranger(em, notification, channel, hashOf, now))
  if (excuse !== undefined || !channel) {
    await addAttempt(em, notification, { at: now, durationMs: 0, outcome: 'not-sent', detail: excuse })
    Object.assign(notification, { status: 'failed', finishedAt: now, nextAttemptAt: null })
    return undefined
  }
  const delayMs = mustWait(notification, channel)
    ? 30_000
    : (await isBusy(em, notification, now))
      ? 1_000 + random() * 9_000
      : undefined
  if (delayMs !== undefined) {
    notification.nextAttemptAt = new Date(now.getTime() + delayMs)
    return { delayMs }
  }
  const leasedUntil = new Date(now.getTime() + LEASE_MS)
  notification.leasedUntil = leasedUntil
  return { notification, channel, leasedUntil }
}

function isDue({ nextAttemptAt, leasedUntil }: Notification, now: Date): boolean {
  if (leasedUntil && leasedUntil > now) return false
  return !nextAttemptAt || nextAttemptAt.getTime() <= now.getTime() + EARLY_MS
}

const isAlert = ({ type }: Notification) => type === 'alert.firing' || type === 'alert.resolved'

const mustWait = (notification: Notification, channel: Channel) =>
  isAlert(notification) && !channel.verifiedAt

function whyNot(notification: Notification, channel: Channel | null, now: Date): string | undefined {
  if (!channel) return 'The channel was deleted.'
  if (isAlert(notification) && channel.disabledAt) return 'The channel is disabled.'
  if (notification.type === 'alert.test' && channel.type === 'email' && !channel.verifiedAt)
    return 'The address is not confirmed.'
  const waited = now.getTime() - notification.createdAt.getTime()
  if (mustWait(notification, channel) && waited > UNVERIFIED_MS) return 'The channel is not verified.'
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
  hashOf: (channel: Channel) => string,
  now: Date,
): Promise<string | undefined> {
  const isTest = notification.type === 'alert.test' || notification.type === 'channel.verify'
  if (!channel || channel.verifiedAt || !isTest) return undefined
  notification.targetHash = hashOf(channel)
  return whyNotUnconfirmed(em, channel.type, notification.targetHash, now)
}

async function isBusy(
  em: SqlEntityManager,
  { accountId, channelId }: Notification,
  now: Date,
): Promise<boolean> {
  const [counts] = await em.execute<{ of_account: string; of_channel: string }[]>(
    `select count(*) of_account, count(*) filter (where channel_id = ?) of_channel from notification
     where account_id = ? and leased_until is not null and leased_until > ?`,
    [channelId, accountId, now],
  )
  return (
    Number(counts?.of_account) >= AT_ONCE_PER_ACCOUNT || Number(counts?.of_channel) >= AT_ONCE_PER_CHANNEL
  )
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
