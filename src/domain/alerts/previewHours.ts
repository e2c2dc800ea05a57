import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { DAY_MS, HOUR_MS, WEEK_MS } from '../time.ts'
import { baselineOf, unusualHours, usageSpike } from './detectors.ts'
import { instantsOf, type Span } from './previewSpan.ts'
import { sameHoursOf } from './readBaselines.ts'
import type { Sample } from './replay.ts'
import type { StoredRule } from './ruleFields.ts'
import type { Reading } from './stepAlert.ts'

/**
 * What the detectors of usage over time would have read, by key, each whole hour; the account's under the empty name.
 */
export async function previewHours(
  em: SqlEntityManager,
  accountId: string,
  rule: StoredRule,
  span: Span,
  most: number,
): Promise<Map<string, Iterable<Sample>>> {
  const byKey = await readHours(em, accountId, rule, span, most)
  const keys = rule.keyIds ?? (rule.metric === 'usage_spike' ? [''] : [...byKey.keys()])
  const read = rule.metric === 'usage_spike' ? spikeAt : unusualHoursAt
  return new Map(keys.map((key) => [key, hourSamples(byKey.get(key) ?? new Map(), span, read)]))
}

/** Requests by the hour of the clock, Unix ms. */
export type Hours = Map<number, number>

/** Pure. */
export function* hourSamples(
  hours: Hours,
  span: Span,
  read: (hours: Hours, hour: number, since: number) => Reading,
): Generator<Sample> {
  const since = Math.min(...hours.keys())
  for (const at of instantsOf(span, { byMinutes: false }))
    yield { at, reading: read(hours, at - HOUR_MS, since) }
}

const valuesOf = (hours: Hours, wanted: number[]) => wanted.map((hour) => hours.get(hour) ?? 0)
const hoursBetween = (from: number, to: number) =>
  Array.from({ length: (to - from) / HOUR_MS }, (_, index) => from + index * HOUR_MS)

export function spikeAt(hours: Hours, hour: number, since: number): Reading {
  const known = (one: number) => one > since
  const same = valuesOf(hours, sameHoursOf(hour).filter(known))
  const recent = valuesOf(hours, hoursBetween(hour - 4 * WEEK_MS, hour).filter(known))
  return usageSpike(hours.get(hour) ?? 0, baselineOf(same, recent))
}

export function unusualHoursAt(hours: Hours, hour: number, since: number): Reading {
  const past = hoursBetween(hour - 4 * WEEK_MS, hour).filter((one) => (hours.get(one) ?? 0) > 0)
  return unusualHours(hours.get(hour) ?? 0, {
    days: (hour - Math.max(since, hour - 4 * WEEK_MS)) / DAY_MS,
    requests: valuesOf(hours, past).reduce((sum, count) => sum + count, 0),
    sameHours: valuesOf(hours, sameHoursOf(hour)).reduce((sum, count) => sum + count, 0),
    active: new Set(past.map((one) => (one / HOUR_MS) % 168)).size / 168,
  })
}

async function readHours(
  em: SqlEntityManager,
  accountId: string,
  { metric, keyIds }: StoredRule,
  { from, to }: Span,
  most: number,
): Promise<Map<string, Hours>> {
  const isAccount = metric === 'usage_spike' && !keyIds
  const scope = 'account_id = ? and at >= ? and at < ?'
  const range = [accountId, new Date(from - 5 * WEEK_MS), new Date(to)]
  const keys = isAccount
    ? []
    : (keyIds ??
      (
        await em.execute<{ key_id: string }[]>(
          `select key_id from usage_hour where ${scope} group by key_id order by sum(requests) desc, key_id limit ?`,
          [...range, most],
        )
      ).map((row) => row.key_id))
  const rows = await em.execute<{ key_id: string; at: string; requests: string }[]>(
    `select ${isAccount ? `''` : 'key_id'} as key_id, at, sum(requests) as requests from usage_hour
     where ${scope} ${isAccount ? '' : 'and key_id = any(?::text[])'} group by 1, 2`,
    isAccount ? range : [...range, pgArray(keys)],
  )
  const byKey = new Map<string, Hours>(keys.map((key) => [key, new Map()]))
  for (const row of rows) {
    const hours = byKey.get(row.key_id) ?? new Map<number, number>()
    byKey.set(row.key_id, hours.set(new Date(row.at).getTime(), Number(row.requests)))
  }
  return byKey
}
