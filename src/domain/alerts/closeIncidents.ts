import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { createNotifications } from '../notifications/createNotifications.ts'
import { pgArray } from '../sql.ts'
import type { AlertRule } from './AlertRule.ts'
import { readAlertStates } from './alertStates.ts'

/** Why receivers hear that an incident is over although its condition may still hold. */
export type CloseReason = 'edited' | 'disabled' | 'muted' | 'deleted'

type Message = {
  incident_id: string
  channel_id: string
  data: { incident: object; [name: string]: unknown }
}

/**
 * Notifies the receivers of a rule's incidents that nothing more comes of them: `alert.resolved` with a `reason`, to
 * each channel that received `alert.firing` and no end yet. Call it under the rule's lock, before its states change.
 * Returns the notifications to deliver. A muted rule is still evaluated: its incidents stay open, and one that
 * still fires after the mute is sent again.
 */
export async function closeIncidents(
  em: SqlEntityManager,
  rule: AlertRule,
  reason: CloseReason,
  now: Date,
): Promise<string[]> {
  if (rule.options.notifyRecovery === false) return []
  const states = [...((await readAlertStates(em, [rule.id])).get(rule.id)?.values() ?? [])]
  const turns = new Map(
    states.flatMap(({ incidentId, notifiedAt, turn }) =>
      incidentId !== null && notifiedAt !== null ? [[incidentId, turn] as const] : [],
    ),
  )
  if (turns.size === 0) return []
  const messages = await em.execute<Message[]>(
    `select distinct on (incident_id, channel_id) incident_id, channel_id, body -> 'data' as data from notification
     where incident_id = any(?::text[]) and type = 'alert.firing' order by incident_id, channel_id, created_at desc`,
    [pgArray([...turns.keys()])],
  )
  const resolvedAt = reason === 'muted' ? null : now.toISOString()
  const ids: string[] = []
  for (const { incident_id: incidentId, channel_id: channelId, data } of messages) {
    const closed = { ...data, incident: { ...data.incident, resolvedAt }, reason }
    const { accountId, id: ruleId } = rule
    const turn = turns.get(incidentId) ?? 0
    const about = {
      accountId,
      type: 'alert.resolved',
      channelIds: [channelId],
      ruleId,
      incidentId,
      turn,
    } as const
    ids.push(...(await createNotifications(em, { ...about, channelIds: [channelId], data: closed }, now)))
  }
  return ids
}

/**
 * The channels that received the beginning of an incident: they receive its end, whatever the rule names by then. The
 * rule's own where its notifications have expired.
 */
export async function receiversOf(
  em: SqlEntityManager,
  rule: AlertRule,
  incidentId: string,
): Promise<string[]> {
  const rows = await em.execute<{ channel_id: string }[]>(
    `select distinct channel_id from notification where incident_id = ? and type = 'alert.firing'`,
    [incidentId],
  )
  return rows.length === 0 ? rule.channelIds : rows.map((row) => row.channel_id)
}
