import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { AccountSchema } from '../accounts/Account.ts'
import { readLimits } from '../plans/planStore.ts'
import { pgArray } from '../sql.ts'
import { instantsOf, type Span } from './previewSpan.ts'
import type { Sample } from './replay.ts'
import type { StoredRule } from './ruleFields.ts'
import { overThreshold } from './stepAlert.ts'

/** What was used in the bucket that begins at `at`, Unix ms. */
type Used = { at: number; units: number }

/**
 * What a rule about the plan would have read, by key (the day's requests); the account's (the month's renders) under
 * the empty name. Compared with the limits of the current plan.
 */
export async function previewPlan(
  em: SqlEntityManager,
  accountId: string,
  rule: StoredRule,
  span: Span,
): Promise<Map<string, Iterable<Sample>>> {
  const account = await em.findOneOrFail(AccountSchema, { id: accountId })
  const limits = await readLimits(em, account)
  const limit = rule.keyIds ? limits.requestsPerDay : limits.rendersPerMonth
  const totals = await readTotals(em, accountId, rule.keyIds, span)
  const used = await readUsed(em, accountId, rule.keyIds, span)
  return new Map(
    (rule.keyIds ?? ['']).map((key) => {
      const samples = planSamples(span, {
        period: rule.keyIds ? 10 : 7,
        totals: totals.get(key) ?? new Map(),
        used: used.get(key) ?? [],
        limit,
        threshold: rule.threshold ?? 0,
      })
      return [key, samples]
    }),
  )
}

type Past = {
  /** How much of an ISO time names the period: 10 characters the day, 7 the month. */
  period: 7 | 10
  /** What was used in each period, by its name. */
  totals: Map<string, number>
  /** Oldest first. */
  used: Used[]
  limit: number | null
  threshold: number
}

/** Pure: a period's count at an instant is its total without what came later. */
export function* planSamples(
  span: Span,
  { period, totals, used, limit, threshold }: Past,
): Generator<Sample> {
  const nameOf = (at: number) => new Date(at).toISOString().slice(0, period)
  const later = new Map<string, number>()
  for (const { at, units } of used) later.set(nameOf(at), (later.get(nameOf(at)) ?? 0) + units)
  let index = 0
  for (const at of instantsOf(span)) {
    for (let one = used[index]; one && one.at < at; one = used[++index])
      later.set(nameOf(one.at), (later.get(nameOf(one.at)) ?? 0) - one.units)
    const name = nameOf(at)
    const count = Math.max(0, (totals.get(name) ?? 0) - (later.get(name) ?? 0))
    const value = limit === null || limit === 0 ? null : (100 * count) / limit
    yield { at, reading: overThreshold(value, threshold, { reached: true }) }
  }
}

async function readTotals(
  em: SqlEntityManager,
  accountId: string,
  keyIds: string[] | null,
  { from, to }: Span,
): Promise<Map<string, Map<string, number>>> {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  type Row = { key_id: string; name: string; total: string }
  const rows = keyIds
    ? await em.execute<Row[]>(
        `select key_id, day::text as name, sum(requests) as total from quota_day
         where key_id = any(?::text[]) and day between ?::date and ?::date group by 1, 2`,
        [pgArray(keyIds), day(from), day(to)],
      )
    : await em.execute<Row[]>(
        `select '' as key_id, to_char(month, 'YYYY-MM') as name, sum(renders) as total from quota_month
         where account_id = ? and month between date_trunc('month', ?::date) and ?::date group by 1, 2`,
        [accountId, day(from), day(to)],
      )
  const byKey = Map.groupBy(rows, (row) => row.key_id)
  return new Map(
    [...byKey].map(([key, some]) => [key, new Map(some.map((row) => [row.name, Number(row.total)]))]),
  )
}

async function readUsed(
  em: SqlEntityManager,
  accountId: string,
  keyIds: string[] | null,
  { from, edge, to }: Span,
): Promise<Map<string, Used[]>> {
  const part = (grain: string) =>
    keyIds
      ? `select key_id, at, sum(requests) as units from usage_${grain}
         where account_id = ? and key_id = any(?::text[]) and at >= ? and at < ? group by 1, 2`
      : `select '' as key_id, u.at, sum(u.units) as units from usage_${grain} u join api_key k on k.id = u.key_id
         where u.account_id = ? and k.type = 'live' and u.at >= ? and u.at < ? group by 1, 2`
  const whose = keyIds ? [accountId, pgArray(keyIds)] : [accountId]
  const instants = [from, edge, to].map((at) => new Date(at)) as [Date, Date, Date]
  const rows = await em.execute<{ key_id: string; at: string; units: string }[]>(
    `select * from (${part('hour')} union all ${part('minute')}) as used order by at`,
    [...whose, instants[0], instants[1], ...whose, instants[1], instants[2]],
  )
  const used = rows.map((row) => ({
    key: row.key_id,
    at: new Date(row.at).getTime(),
    units: Number(row.units),
  }))
  return Map.groupBy(used, ({ key }) => key)
}
