import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { newId } from '../ids.ts'

export type NotificationType =
  | 'alert.firing'
  | 'alert.resolved'
  | 'alert.test'
  | 'channel.verify'
  | 'channel.disabled'

/** What is to be told. `turn` tells repeats of one incident apart. */
export type NewNotifications = {
  accountId: string
  type: NotificationType
  channelIds: string[]
  ruleId?: string
  incidentId?: string
  turn?: number
  /** The `data` of a webhook's body; every channel's message is made of it. */
  data: Record<string, unknown>
}

/**
 * Writes one notification per channel, in the transaction of what it tells of, and returns their IDs: the caller has
 * each delivered by a job `deliver-notification`, through the outbox of the same transaction. What was told once is
 * not told again: for an incident's type and turn there is one notification per channel.
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
