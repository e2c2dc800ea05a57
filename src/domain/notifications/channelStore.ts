import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { type Channel, ChannelSchema } from './Channel.ts'
import { type Notification, NotificationSchema } from './Notification.ts'

/** The channel, if it is of this account; locked where a transaction changes it. */
export async function loadChannel(
  em: SqlEntityManager,
  accountId: string,
  id: string,
  { lock = false } = {},
): Promise<Channel> {
  const lockMode = lock ? LockMode.PESSIMISTIC_WRITE : undefined
  const channel = await em.findOne(ChannelSchema, { id, accountId }, { lockMode })
  if (!channel) throw new Failure('channel-not-found', { detail: 'There is no channel with this ID.' })
  return channel
}

export async function loadNotification(
  em: SqlEntityManager,
  accountId: string,
  id: string,
  { lock = false } = {},
): Promise<Notification> {
  const lockMode = lock ? LockMode.PESSIMISTIC_WRITE : undefined
  const notification = await em.findOne(NotificationSchema, { id, accountId }, { lockMode })
  if (!notification)
    throw new Failure('notification-not-found', { detail: 'There is no notification with this ID.' })
  return notification
}
