import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { DAY_MS, HOUR_MS, WEEK_MS } from '../time.ts'
import type { AlertRule } from './AlertRule.ts'
import { HOURS, unusualHours } from './detectors.ts'
import { sameHoursOf } from './readBaselines.ts'
import type { Reading } from './stepAlert.ts'

const FOUR_WEEKS_MS = 4 * WEEK_MS
const HOURS_OF_WEEK = 168

/**
 * Keys in use at an unusual time. Only a key with enough requests in the last hour and hardly any at this time in
 * four weeks has its whole history read: those are few, however many keys there are. A key that is not in the answer
 * is calm.
 */
export async function readUnusualHours(
  em: SqlEntityManager,
  rule: AlertRule,
  now: number,
  learnsFrom: number,
): Promise<Map<string, Reading>> {
  const keys = rule.keyIds ? 'and key_id = any(?::text[])' : ''
  const params = [rule.accountId, new Date(now - HOUR_MS), new Date(now)]
  if (rule.keyIds) params.push(pgArray(rule.keyIds))
  const hour = Math.floor((now - HOUR_MS / 2) / HOUR_MS) * HOUR_MS
  const same = pgArray(sameHoursOf(hour).map((at) => new Date(at).toISOString()))
  const candidates = await em.execute<{ key_id: string; requests: string; same: string }[]>(
    `select now_used.*, coalesce(past.requests, 0) as same from (
       select key_id, sum(requests) as requests from usage_minute
       where account_id = ? and at >= ? and at < ? ${keys} group by key_id having sum(requests) >= ${HOURS.minRequests}
     ) as now_used, lateral (
       select sum(h.requests) as requests from usage_hour h
       where h.key_id = now_used.key_id and h.at = any(?::timestamptz[])
     ) as past where coalesce(past.requests, 0) < now_used.requests`,
    [...params, same],
  )
  if (candidates.length === 0) return new Map()
  const histories = await em.execute<{ key_id: string; first: string; requests: string; active: string }[]>(
    `select key_id, min(at) as first, sum(requests) as requests,
       count(distinct (extract(epoch from at)::bigint / 3600) % ${HOURS_OF_WEEK}) as active
     from usage_hour where key_id = any(?::text[]) and at >= ? and at < ? and requests > 0 group by key_id`,
    [pgArray(candidates.map((row) => row.key_id)), new Date(hour - FOUR_WEEKS_MS), new Date(hour)],
  )
  const byKey = new Map(histories.map((row) => [row.key_id, row]))
  return new Map(
    candidates.map((row) => {
      const past = byKey.get(row.key_id)
      const reading = unusualHours(Number(row.requests), {
        days: past ? (hour - Math.max(new Date(past.first).getTime(), learnsFrom)) / DAY_MS : 0,
        requests: Number(past?.requests ?? 0),
        sameHours: Number(row.same),
        active: Number(past?.active ?? 0) / HOURS_OF_WEEK,
      })
      return [row.key_id, reading]
    }),
  )
}
