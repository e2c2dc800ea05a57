import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { MINUTE_MS } from '../time.ts'
import { readBucketSums, SUM_NAMES, SUMS, type SumsRow, sumOfMap } from '../usage/bucketColumns.ts'
import { type LatencyBins, quantile } from '../usage/latencyBins.ts'
import { partsOf } from '../usage/windows.ts'
import type { AlertRule } from './AlertRule.ts'
import { overThreshold, type Reading } from './stepAlert.ts'

/** Sums over a rule's window. */
export type Sums = {
  requests: number
  errors: number
  latencyCount: number
  latencySum: number
  latencyBins: LatencyBins
}

export type Wanted = {
  accountId: string
  windowMinutes: number
  keyIds: string[]
  account: boolean
  bins: boolean
}

/** Below so many requests an error rate says nothing, unless the rule says otherwise. */
export const MIN_REQUESTS = 20

/** A group of buckets as Postgres returns it: `measuredSums` of it, with or without latency bins. */
export type MeasuredRow = SumsRow & { key_id: string; latency_bins?: LatencyBins }

export const measuredSums = (bins: boolean) => (bins ? `${SUMS}, ${sumOfMap('latency_bins')}` : SUMS)

/**
 * The sums of one window that ends at `now`, by key, and under the empty name for the account: one statement however
 * many keys there are. A window of hours is read as whole hours and the minutes at its edges. An end between two
 * minutes takes the current minute so far and shortens the window's beginning: it is never longer than it says.
 */
export async function readSums(
  em: SqlEntityManager,
  wanted: Wanted,
  now: number,
): Promise<Map<string, Sums>> {
  const from = Math.ceil((now - wanted.windowMinutes * MINUTE_MS) / MINUTE_MS) * MINUTE_MS
  const to = Math.ceil(now / MINUTE_MS) * MINUTE_MS
  const { keyIds, account, bins } = wanted
  const whose = account ? 'account_id = ?' : 'account_id = ? and key_id = any(?::text[])'
  const keys = pgArray(keyIds)
  const params: unknown[] = []
  const parts = partsOf(from, to).map((part) => {
    params.push(wanted.accountId, ...(account ? [] : [keys]), new Date(part.from), new Date(part.to))
    return `select key_id, ${SUM_NAMES}${bins ? ', latency_bins' : ''} from usage_${part.grain} where ${whose} and at >= ? and at < ?`
  })
  const sums = measuredSums(bins)
  const branches: string[] = []
  if (keyIds.length > 0) {
    branches.push(`select key_id, ${sums} from part where key_id = any(?::text[]) group by key_id`)
    params.push(keys)
  }
  if (account) branches.push(`select '' as key_id, ${sums} from part having count(*) > 0`)
  const rows = await em.execute<MeasuredRow[]>(
    `with part as (${parts.join(' union all ')}) ${branches.join(' union all ')}`,
    params,
  )
  return new Map(rows.map((row) => [row.key_id, readMeasured(row)]))
}

export function readMeasured(row: MeasuredRow): Sums {
  const { requests, clientErrors, serverErrors, latencyCount, latencySum } = readBucketSums(row)
  const errors = clientErrors + serverErrors
  return { requests, errors, latencyCount, latencySum, latencyBins: row.latency_bins ?? {} }
}

const QUANTILES: Record<string, number> = { latency_p50: 0.5, latency_p95: 0.95, latency_p99: 0.99 }

export const needsBins = (metric: string) => metric in QUANTILES

/** What a rule with a window measures of these sums; null: nothing. */
function measure({ metric, options }: Pick<AlertRule, 'metric' | 'options'>, sums?: Sums): number | null {
  if (metric === 'requests') return sums?.requests ?? 0
  if (!sums) return null
  if (metric === 'error_rate') {
    const enough = sums.requests > 0 && sums.requests >= (options.minRequests ?? MIN_REQUESTS)
    return enough ? (100 * sums.errors) / sums.requests : null
  }
  if (metric === 'latency_mean') return sums.latencyCount > 0 ? sums.latencySum / sums.latencyCount : null
  return quantile(sums.latencyBins, QUANTILES[metric] ?? 0.5)
}

type Judged = Pick<AlertRule, 'metric' | 'options' | 'threshold'>

/** A rule's reading of one window. */
export const readingOf = (rule: Judged, sums?: Sums): Reading =>
  overThreshold(measure(rule, sums), rule.threshold ?? 0)

/** The readings of all rules with a window, by rule and key: one statement for each length of window. */
export async function readWindowRules(
  em: SqlEntityManager,
  accountId: string,
  rules: AlertRule[],
  now: number,
): Promise<Map<string, Map<string, Reading>>> {
  const readings = new Map<string, Map<string, Reading>>()
  for (const [windowMinutes, some] of Map.groupBy(rules, (rule) => rule.windowMinutes)) {
    const keyIds = [...new Set(some.flatMap((rule) => rule.keyIds ?? []))]
    const account = some.some((rule) => !rule.keyIds)
    const bins = some.some((rule) => needsBins(rule.metric))
    const sums = await readSums(em, { accountId, windowMinutes, keyIds, account, bins }, now)
    for (const rule of some) {
      const ofKeys = (rule.keyIds ?? ['']).map((id) => [id, readingOf(rule, sums.get(id))] as const)
      readings.set(rule.id, new Map(ofKeys))
    }
  }
  return readings
}
