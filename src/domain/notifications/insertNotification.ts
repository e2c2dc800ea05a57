import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { MessageType } from './Notification.ts'

/** A message to one channel. `data` is that of a webhook's body; every channel's message is made of it. */
export type NewNotification = {
  id: string
  /** null: the operators'. */
  accountId: string | null
  channelId: string
  type: MessageType
  data: Record<string, unknown>
  ruleId?: string | undefined
  incidentId?: string | undefined
  /** No second notification with the same text is written. */
  dedupe?: string | undefined
}

/**
 * Writes a notification that is due now. Returns false where one with its `dedupe` exists, or with `onlyEnabled` where
 * the channel is disabled or not the account's.
 */
export async function insertNotification(
  em: SqlEntityManager,
  { id, accountId, channelId, type, data, ruleId, incidentId, dedupe }: NewNotification,
  now: Date,
  { onlyEnabled = false } = {},
): Promise<boolean> {
  const body = { type, timestamp: now.toISOString(), data }
  const condition = onlyEnabled
    ? 'where exists (select from channel c where c.id = ? and c.account_id = ? and c.disabled_at is null)'
    : ''
  const written = await em.execute<{ id: string }[]>(
    `insert into notification (id, account_id, channel_id, rule_id, incident_id, type, body, status, next_attempt_at, created_at, dedupe)
     select ?, ?, ?, ?, ?, ?, ?::jsonb, 'pending', ?, ?, ? ${condition}
     on conflict (dedupe) do nothing returning id`,
    [
      id,
      accountId,
      channelId,
      ruleId ?? null,
      incidentId ?? null,
      type,
      JSON.stringify(body),
      now,
      now,
      dedupe ?? null,
      ...(onlyEnabled ? [channelId, accountId] : []),
    ],
  )
  return written.length > 0
}
