import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { type Channel, ChannelSchema } from './Channel.ts'
import { type Notification, NotificationSchema } from './Notification.ts'

const MOST_WEBHOOKS = 50

/** Any number that no other lock has. */
const LOCK = 7_190_009

/** Throws `webhook-limit-reached` unless there may be another webhook. Call it in the transaction that creates it. */
export async function requireRoom(em: SqlEntityManager): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?)', [LOCK])
  if ((await em.count(ChannelSchema, { accountId: null })) < MOST_WEBHOOKS) return
  throw new Failure('webhook-limit-reached', {
    detail: `There are at most ${MOST_WEBHOOKS} webhooks. Delete one.`,
  })
}

/** A webhook of the operators; locked where a transaction changes it. An account's channel is none. */
export async function loadWebhook(em: SqlEntityManager, id: string, { lock = false } = {}): Promise<Channel> {
  const lockMode = lock ? LockMode.PESSIMISTIC_WRITE : undefined
  const webhook = await em.findOne(ChannelSchema, { id, accountId: null }, { lockMode })
  if (!webhook) throw new Failure('webhook-not-found', { detail: 'There is no webhook with this ID.' })
  return webhook
}

/** What was sent to a webhook, or is to be; locked where a transaction changes it. */
export async function loadDelivery(
  em: SqlEntityManager,
  channelId: string,
  id: string,
  { lock = false } = {},
): Promise<Notification> {
  const lockMode = lock ? LockMode.PESSIMISTIC_WRITE : undefined
  const delivery = await em.findOne(NotificationSchema, { id, channelId, accountId: null }, { lockMode })
  if (!delivery)
    throw new Failure('notification-not-found', { detail: 'This webhook has no delivery with this ID.' })
  return delivery
}
