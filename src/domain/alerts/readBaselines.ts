import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { HOUR_MS, WEEK_MS } from '../time.ts'
import { sumOfMap } from '../usage/bucketColumns.ts'
import type { Counts } from '../usage/counts.ts'
import { type Baseline, baselineOf, type Mix } from './detectors.ts'

/** Whose usage: these keys, each by itself, or the account as a whole (null). */
export type Whose = { accountId: string; keyIds?: string[] | null | undefined }

const scopeOf = ({ accountId, keyIds }: Whose) => ({
  name: keyIds ? 'key_id' : `''`,
  sql: keyIds ? 'account_id = ? and key_id = any(?::text[])' : 'account_id = ?',
  params: keyIds ? [accountId, pgArray(keyIds)] : [accountId],
})

/** The hours of the four weeks before `hour` that have its place in the week, and their neighbours. */
export const sameHoursOf = (hour: number): number[] =>
  [1, 2, 3, 4].flatMap((week) => [-HOUR_MS, 0, HOUR_MS].map((beside) => hour - week * WEEK_MS + beside))

/**
 * The usual requests of the clock's hour, by key (the account's under the empty name). Hours without usage count as
 * 0, but not those before `learnsFrom`.
 */
export async function readBaselines(
  em: SqlEntityManager,
  whose: Whose,
  hour: number,
  learnsFrom: number,
): Promise<Map<string, Baseline | undefined>> {
  const { name, sql, params } = scopeOf(whose)
  const same = sameHoursOf(hour)
  const recentFrom = hour - 4 * WEEK_MS
  const firsts = await em.execute<{ key_id: string; first: string }[]>(
    `select ${name} as key_id, min(at) as first from usage_hour where ${sql} group by 1`,
    params,
  )
  const rows = await em.execute<{ key_id: string; at: string; requests: string }[]>(
    `select ${name} as key_id, at, sum(requests) as requests from usage_hour
     where ${sql} and at >= ? and at < ? group by 1, 2`,
    // The first of the neighbours is an hour before the four weeks.
    [...params, new Date(recentFrom - HOUR_MS), new Date(hour)],
  )
  const byKey = Map.groupBy(rows, (row) => row.key_id)
  return new Map(
    firsts.map(({ key_id, first }) => {
      const since = Math.max(new Date(first).getTime(), learnsFrom)
      const found = new Map(
        (byKey.get(key_id) ?? []).map((row) => [new Date(row.at).getTime(), Number(row.requests)]),
      )
      // Its first hour may have begun in the middle.
      const known = (at: number) => at > since
      const at = (time: number) => found.get(time) ?? 0
      const recent = Array.from(
        { length: (4 * WEEK_MS) / HOUR_MS },
        (_, index) => recentFrom + index * HOUR_MS,
      )
      return [key_id, baselineOf(same.filter(known).map(at), recent.filter(known).map(at))] as const
    }),
  )
}

type MixRow = { key_id: string; requests: string; client_errors: string; refused: Counts }

/** What became of requests from `from` on and before `to`, by key; of hours or of minutes. */
export async function readMixes(
  em: SqlEntityManager,
  whose: Whose,
  grain: 'minute' | 'hour',
  from: number,
  to: number,
): Promise<Map<string, Mix>> {
  const { name, sql, params } = scopeOf(whose)
  const rows = await em.execute<MixRow[]>(
    `select ${name} as key_id, sum(requests) as requests, sum(client_errors) as client_errors, ${sumOfMap('refused')}
     from usage_${grain} where ${sql} and at >= ? and at < ? group by 1`,
    [...params, new Date(from), new Date(to)],
  )
  return new Map(
    rows.map((row) => {
      // What a suspension refused says nothing of what is usual.
      const { ACCOUNT_SUSPENDED: _, ...byCode } = row.refused
      const refused = Object.values(byCode).reduce((sum, count) => sum + count, 0)
      const bad = { '4xx': Number(row.client_errors), ...byCode }
      return [row.key_id, { asked: Number(row.requests) + refused, bad }] as const
    }),
  )
}
