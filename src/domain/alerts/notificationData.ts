import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import type { AlertRule } from './AlertRule.ts'
import { asDuration } from './durations.ts'
import type { IncidentResource } from './incidents.ts'
import type { Reading } from './stepAlert.ts'

export type KeyName = { id: string; name: string; hint: string }

export async function readKeyNames(em: SqlEntityManager, keyIds: string[]): Promise<Map<string, KeyName>> {
  if (keyIds.length === 0) return new Map()
  const rows = await em.execute<KeyName[]>('select id, name, hint from api_key where id = any(?::text[])', [
    pgArray(keyIds),
  ])
  return new Map(rows.map((row) => [row.id, row]))
}

/** What a notification of an incident is about. */
type Crossing = {
  rule: AlertRule
  incident: Pick<IncidentResource, 'id' | 'startedAt' | 'resolvedAt'>
  key: KeyName | null
  reading: Reading
  since: number
}

/** The `data` of a notification. `url` makes a link of a path of the dashboard, null where nobody knows its address. */
export function notificationData(
  { rule, incident, key, reading, since }: Crossing,
  url: (path: string) => string | null,
): Record<string, unknown> {
  const { id, name, metric, threshold, severity } = rule
  return {
    alert: {
      id,
      name,
      metric,
      threshold: threshold ?? null,
      window: asDuration(rule.windowMinutes),
      severity,
    },
    incident: { id: incident.id, startedAt: incident.startedAt, resolvedAt: incident.resolvedAt },
    key,
    measured: reading.value,
    threshold: reading.threshold ?? threshold ?? null,
    since: new Date(since).toISOString(),
    url: url(key ? `/keys/${key.id}` : `/alerts/${id}`),
    muteUrl: url(`/alerts/${id}?mute`),
    ...(reading.about ? { about: reading.about } : {}),
  }
}
