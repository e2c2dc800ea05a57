import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { EventType } from '../events/eventTypes.ts'
import { newId } from '../ids.ts'

/** Types of messages that are no lifecycle event. A notification with an `eventId` has the type of its event. */
export const MESSAGE_TYPES = [
  'alert.firing',
  'alert.resolved',
  'alert.test',
  'webhook.test',
  'channel.verify',
  'channel.disabled',
] as const

export type NotificationType = (typeof MESSAGE_TYPES)[number] | EventType

/** Whether a message only shows that its channel works. */
export const isTest = (type: NotificationType): boolean => type === 'alert.test' || type === 'webhook.test'

/** A message for each of some channels. `turn` numbers the messages of one incident. */
export type NewNotifications = {
  accountId: string
  type: (typeof MESSAGE_TYPES)[number]
  channelIds: string[]
  ruleId?: string
  incidentId?: string
  turn?: number
  /** The `data` of a webhook's body; every channel's message is made of it. */
  data: Record<string, unknown>
}

/**
 * Writes one notification per channel, in the transaction of its cause, and returns their IDs. The caller writes a job
 * `deliver-notification` for each to the outbox of the same transaction. Nothing is sent twice: for each type and turn
 * of an incident there is one notification per channel.
 */
export async function createNotifications(
  em: SqlEntityManager,
  { accountId, type, channelIds, ruleId, incidentId, turn = 0, data }: NewNotifications,
  now: Date,
): Promise<string[]> {
  const ids: string[] = []
  for (const channelId of channelIds) {
    const dedupe = incidentId === undefined ? null : `${incidentId}:${type}:${turn}:${channelId}`
    const body = { type, timestamp: now.toISOString(), data }
    const rows = await em.execute<{ id: string }[]>(
      `insert into notification (id, account_id, channel_id, rule_id, incident_id, type, body, status, next_attempt_at, created_at, dedupe)
       select ?, ?, c.id, ?, ?, ?, ?::jsonb, 'pending', ?, ?, ? from channel c
       where c.id = ? and c.account_id = ? and c.disabled_at is null
       on conflict (dedupe) do nothing returning id`,
      [
        newId('notification'),
        accountId,
        ruleId ?? null,
        incidentId ?? null,
        type,
        JSON.stringify(body),
        now,
        now,
        dedupe,
        channelId,
        accountId,
      ],
    )
    ids.push(...rows.map((row) => row.id))
  }
  return ids
}
