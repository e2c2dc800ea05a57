import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { DAY_MS, HOUR_MS } from '../time.ts'
import { totalOfMap } from './bucketColumns.ts'

type Totals = { requests: number; errors: number; refused: number; units: number }
export type AccountTotals = Totals & { period: string }

const PERIODS = [
  { period: 'This hour and the 23 before', table: 'usage_hour', unit: HOUR_MS, count: 24 },
  { period: 'Today and the 6 days before', table: 'usage_day', unit: DAY_MS, count: 7 },
  { period: 'Today and the 29 days before', table: 'usage_day', unit: DAY_MS, count: 30 },
] as const

/** What an account used in whole hours and UTC days, the current ones included: few buckets, for a quick look. */
export function readAccountTotals(
  em: SqlEntityManager,
  accountId: string,
  now: Date,
): Promise<AccountTotals[]> {
  return Promise.all(
    PERIODS.map(async ({ period, table, unit, count }) => {
      const since = new Date((Math.floor(now.getTime() / unit) - count + 1) * unit)
      const [row] = await em.fork().execute<[Totals]>(
        `select coalesce(sum(requests), 0)::float8 as requests, coalesce(sum(units), 0)::float8 as units,
           coalesce(sum(client_errors + server_errors), 0)::float8 as errors,
           coalesce(sum(${totalOfMap('refused')}), 0)::float8 as refused
         from ${table} where account_id = ? and at >= ?`,
        [accountId, since],
      )
      return { period, ...row }
    }),
  )
}
