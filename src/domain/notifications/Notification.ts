import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import type { EventType } from '../events/eventTypes.ts'

/** Types of messages that are no lifecycle event. A notification with an `eventId` has the type of its event. */
export const MESSAGE_TYPES = [
  'alert.firing',
  'alert.resolved',
  'alert.test',
  'webhook.test',
  'channel.verify',
  'channel.disabled',
] as const

export type MessageType = (typeof MESSAGE_TYPES)[number]
export type NotificationType = MessageType | EventType

/** Whether a message only shows that its channel works. */
export const isTest = (type: NotificationType): boolean => type === 'alert.test' || type === 'webhook.test'

/** What a webhook gets as its body; every channel's message is made of it. */
export type NotificationBody = { type: NotificationType; timestamp: string; data: Record<string, unknown> }

/** One message to one channel, sent until it is delivered or given up. Its ID is the message's identity everywhere. */
export const NotificationSchema = defineEntity({
  name: 'Notification',
  tableName: 'notification',
  properties: {
    id: p.text().primary(),
    /** null: the operators'. */
    accountId: p.text().nullable(),
    channelId: p.text(),
    ruleId: p.text().nullable(),
    incidentId: p.text().nullable(),
    type: p.text().$type<NotificationType>(),
    body: p.json().$type<NotificationBody>(),
    status: p.text().$type<'pending' | 'delivered' | 'failed'>(),
    attempts: p.integer(),
    /** `attempts` when its schedule last began: at 0, or when it was sent again by hand. */
    turnBeganAt: p.integer(),
    nextAttemptAt: p.datetime().nullable(),
    leasedUntil: p.datetime().nullable(),
    createdAt: p.datetime(),
    finishedAt: p.datetime().nullable(),
    dedupe: p.text().nullable(),
    /** Of a message to an address that was not confirmed: its keyed hash. */
    targetHash: p.text().nullable(),
    /** The lifecycle event that it pushes, of which its message is made, and the account of that event. */
    eventId: p.text().nullable(),
    eventAccountId: p.text().nullable(),
  },
})

export type Notification = InferEntity<typeof NotificationSchema>
