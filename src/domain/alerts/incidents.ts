import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import type { AlertRule } from './AlertRule.ts'
import type { AlertEvent, Reading } from './stepAlert.ts'

/** One crossing. `measured` is the value at which it fired, `worst` the highest since. */
export const IncidentResource = z
  .object({
    id: z.string(),
    alertId: z.string(),
    keyId: z.string().nullable(),
    startedAt: z.string(),
    resolvedAt: z.string().nullable(),
    threshold: z.number().nullable(),
    measured: z.number().nullable(),
    worst: z.number().nullable(),
  })
  .meta({ id: 'Incident' })
export type IncidentResource = z.infer<typeof IncidentResource>

type Row = {
  id: string
  rule_id: string
  key_id: string | null
  started_at: string
  resolved_at: string | null
  threshold: number | null
  measured: number | null
  worst: number | null
}

const instant = (text: string) => new Date(text).toISOString()

const present = (row: Row): IncidentResource => ({
  id: row.id,
  alertId: row.rule_id,
  keyId: row.key_id,
  startedAt: instant(row.started_at),
  resolvedAt: row.resolved_at === null ? null : instant(row.resolved_at),
  threshold: row.threshold,
  measured: row.measured,
  worst: row.worst,
})

/** Begins an incident, or ends it, and returns it. */
export async function recordIncident(
  em: SqlEntityManager,
  change: { id: string; rule: AlertRule; keyId: string; reading: Reading; event: AlertEvent; at: number },
): Promise<IncidentResource> {
  const { id, rule, keyId, reading, event, at } = change
  const resolvedAt = event.type === 'resolved' ? new Date(at) : null
  const rows = await em.execute<Row[]>(
    `insert into incident as present (id, account_id, rule_id, key_id, started_at, resolved_at, threshold, measured, worst)
     values (?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?)
     on conflict (id) do update set resolved_at = excluded.resolved_at, worst = greatest(present.worst, excluded.worst)
     returning *`,
    [
      id,
      rule.accountId,
      rule.id,
      keyId,
      new Date(at),
      resolvedAt,
      reading.threshold ?? rule.threshold ?? null,
      reading.value,
      reading.value,
    ],
  )
  const [row] = rows
  if (!row) throw new Error(`The incident ${id} was not written`)
  return present(row)
}

/** Ends the open incidents of a rule that begins again, and returns them. */
export async function endIncidents(
  em: SqlEntityManager,
  ruleId: string,
  at: Date,
): Promise<IncidentResource[]> {
  const rows = await em.execute<Row[]>(
    'update incident set resolved_at = ? where rule_id = ? and resolved_at is null returning *',
    [at, ruleId],
  )
  return rows.map(present)
}

/** A rule's incidents, newest first; `before` is the ID after which the page begins. */
export async function readIncidents(
  em: SqlEntityManager,
  accountId: string,
  ruleId: string,
  page: { limit: number; before: string | undefined },
): Promise<IncidentResource[]> {
  const after =
    page.before === undefined
      ? ''
      : 'and (started_at, id) < (select started_at, id from incident where id = ? and rule_id = ?)'
  const rows = await em.execute<Row[]>(
    `select * from incident where account_id = ? and rule_id = ? ${after} order by started_at desc, id desc limit ?`,
    [accountId, ruleId, ...(page.before === undefined ? [] : [page.before, ruleId]), page.limit],
  )
  return rows.map(present)
}
