import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import type { AlertRule } from './AlertRule.ts'
import type { Rest } from './rest.ts'
import type { Reading } from './stepAlert.ts'

/**
 * Since when a key is unused: a suspension in which nobody could use it is left out.
 */
const UNUSED = `coalesce(u.last_used_at, k.created_at)
  + case when coalesce(u.last_used_at, k.created_at) < :from then :to - :from else interval '0' end`

/** Of each metric in days, the value, and when it breaches. Expiry counts down, the others up. */
const conditions: Record<string, { value: string; breached: string }> = {
  key_expiring: {
    value: 'extract(epoch from k.expires_at - :now) / 86400',
    breached: 'k.expires_at <= :now + :days',
  },
  key_unused: {
    value: `extract(epoch from :now - (${UNUSED})) / 86400`,
    breached: `${UNUSED} <= :now - :days`,
  },
  key_old: {
    value: 'extract(epoch from :now - k.created_at) / 86400',
    breached: 'k.created_at <= :now - :days',
  },
}

/**
 * The keys that breach a rule in days: active ones only, for an ended key needs no attention. What is not in the answer
 * is calm: rotated, used, revoked. There is no hysteresis: days do not flap.
 */
export async function readKeyDays(
  em: SqlEntityManager,
  rule: AlertRule,
  now: number,
  rest: Rest,
): Promise<Map<string, Reading>> {
  const condition = conditions[rule.metric]
  if (!condition) return new Map()
  const params: unknown[] = []
  const instants: Record<string, number> = { ':now': now, ':from': rest.from, ':to': rest.to }
  const bind = (sql: string) =>
    sql.replace(/:now|:from|:to|:days/g, (name) => {
      const instant = instants[name]
      params.push(instant === undefined ? rule.threshold : new Date(instant))
      return instant === undefined ? `?::double precision * interval '1 day'` : '?::timestamptz'
    })
  const value = bind(condition.value)
  params.push(rule.accountId)
  const active = bind(`k.status = 'active' and (k.expires_at is null or k.expires_at > :now)`)
  const breached = bind(condition.breached)
  if (rule.keyIds) params.push(pgArray(rule.keyIds))
  const rows = await em.execute<{ id: string; value: number }[]>(
    `select k.id, ${value} as value from api_key k left join api_key_use u on u.key_id = k.id
     where k.account_id = ? and ${active} and ${breached} ${rule.keyIds ? 'and k.id = any(?::text[])' : ''}
     order by k.id`,
    params,
  )
  return new Map(
    rows.map((row) => [
      row.id,
      {
        value: Math.round(Number(row.value) * 10) / 10,
        threshold: rule.threshold ?? null,
        breached: true,
        calm: false,
      },
    ]),
  )
}
