import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { executeBound, pgArray } from '../sql.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'
import { readBucketSums, SUM_NAMES, SUMS, type SumsRow } from './bucketColumns.ts'
import { type Counts, sumCounts } from './counts.ts'
import { UNFOLDED } from './foldMinutes.ts'
import { LatencyMs } from './LatencyMs.ts'
import { quantile } from './latencyBins.ts'

/** The lengths of the windows in ms, shortest first. */
export const WINDOWS = { '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS } as const
type WindowName = keyof typeof WINDOWS
const NAMES = Object.keys(WINDOWS) as WindowName[]

/** What happened in one window. `errorRate` is a share of 0 to 1; latencies are null until one was reported. */
export const WindowUsage = z
  .object({
    requests: z.int(),
    refused: z.int(),
    refusedByCode: z.record(z.string(), z.int()),
    errors: z.int(),
    clientErrors: z.int(),
    serverErrors: z.int(),
    errorRate: z.number(),
    units: z.int(),
    latencyMs: LatencyMs,
  })
  .meta({ id: 'WindowUsage' })
export type WindowUsage = z.infer<typeof WindowUsage>
export type Windows = Record<WindowName, WindowUsage>

export type Grain = 'minute' | 'hour' | 'day'
export type Part = { grain: Grain; from: number; to: number }

/**
 * The time from `from` to `to` (Unix ms, whole minutes; `to` is not in it) as whole days, the whole hours beside them,
 * and the minutes at the two edges: the fewest buckets that hold exactly it.
 */
export function partsOf(from: number, to: number): Part[] {
  return split(from, to, [
    { grain: 'day', length: DAY_MS },
    { grain: 'hour', length: HOUR_MS },
    { grain: 'minute', length: MINUTE_MS },
  ])
}

function split(from: number, to: number, [coarse, ...finer]: { grain: Grain; length: number }[]): Part[] {
  if (!coarse || from >= to) return []
  const first = Math.ceil(from / coarse.length) * coarse.length
  const last = Math.floor(to / coarse.length) * coarse.length
  if (first >= last) return split(from, to, finer)
  return [
    ...split(from, first, finer),
    { grain: coarse.grain, from: first, to: last },
    ...split(last, to, finer),
  ]
}

/**
 * Where windows begin and end at an instant: the first minute of each, and the end of the current one. What lies
 * between two neighbours, a span, belongs to the same windows.
 */
export function windowEdges(now: number): number[] {
  const starts = NAMES.map((name) => Math.floor((now - WINDOWS[name]) / MINUTE_MS) * MINUTE_MS)
  return [Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS, ...starts]
}

/** The sums of one key over a span of time. */
type Totals = SumsRow & { key_id: string; refused: Counts[] | null; latency_bins?: Counts[] | null }

/** `quantiles: false` leaves p50, p95 and p99 out (null), which makes many keys at once cheap. */
export type WindowOptions = { quantiles: boolean }

/**
 * The three windows of each of these keys at one instant. Keys without usage have empty windows. One statement for the
 * shortest window and one for what each longer one has besides, at the same time: every bucket is read once.
 */
export async function readWindows(
  em: SqlEntityManager,
  keyIds: string[],
  now: Date,
  options: WindowOptions = { quantiles: true },
): Promise<Map<string, Windows>> {
  const edges = windowEdges(now.getTime())
  const spans = await Promise.all(
    NAMES.map((_, span) => readSpan(em, keyIds, edges[span + 1] ?? 0, edges[span] ?? 0, options)),
  )
  return new Map(keyIds.map((keyId) => [keyId, windowsOf(keyId, spans, options)]))
}

async function readSpan(
  em: SqlEntityManager,
  keyIds: string[],
  from: number,
  to: number,
  options: WindowOptions,
): Promise<Map<string, Totals>> {
  const params: unknown[] = [pgArray(keyIds)]
  const bind = (at: number) => `$${params.push(new Date(at))}`
  const branches = partsOf(from, to).flatMap((part) => {
    const [first, end] = [bind(part.from), bind(part.to)]
    const whole = readPart(part.grain, options, first, end)
    if (part.grain !== 'minute') return [whole]
    return [whole, readFolded(bind(Math.floor(part.from / HOUR_MS) * HOUR_MS), options, first, end)]
  })
  const rows = await executeBound<Totals>(
    em,
    `select key_id, ${SUMS}, jsonb_agg(refused) filter (where refused <> '{}') as refused
       ${options.quantiles ? `, jsonb_agg(latency_bins) filter (where latency_bins <> '{}') as latency_bins` : ''}
     from (${branches.join(' union all ')}) as part group by key_id`,
    params,
  )
  return new Map(rows.map((row) => [row.key_id, row]))
}

const columns = ({ quantiles }: WindowOptions) => `${SUM_NAMES}, refused${quantiles ? ', latency_bins' : ''}`

const readPart = (grain: Grain, options: WindowOptions, from: string, to: string) =>
  `select key_id, ${columns(options)} from usage_${grain}
   where key_id = any($1::text[]) and at >= ${from} and at < ${to}`

const readFolded = (hour: string, options: WindowOptions, from: string, to: string) =>
  `select f.key_id, ${columns(options)} from ${UNFOLDED}
   where f.key_id = any($1::text[]) and f.at = ${hour} and m.at >= ${from} and m.at < ${to}`

/** Each window is the one before it and its own span. */
function windowsOf(keyId: string, spans: Map<string, Totals>[], options: WindowOptions): Windows {
  const windows = NAMES.map((name, index) => {
    const rows = spans.slice(0, index + 1).flatMap((span) => span.get(keyId) ?? [])
    return [name, presentWindow(rows, options)] as const
  })
  return Object.fromEntries(windows) as Windows
}

function presentWindow(rows: Totals[], { quantiles }: WindowOptions): WindowUsage {
  const { requests, clientErrors, serverErrors, units, latencyCount, latencySum } = readBucketSums(...rows)
  const refusedByCode = sumCounts(rows.flatMap((row) => row.refused ?? []))
  const bins = quantiles ? sumCounts(rows.flatMap((row) => row.latency_bins ?? [])) : {}
  const errors = clientErrors + serverErrors
  return {
    requests,
    refused: Object.values(refusedByCode).reduce((total, count) => total + count, 0),
    refusedByCode,
    errors,
    clientErrors,
    serverErrors,
    errorRate: requests === 0 ? 0 : errors / requests,
    units,
    latencyMs: {
      mean: latencyCount === 0 ? null : latencySum / latencyCount,
      p50: quantile(bins, 0.5),
      p95: quantile(bins, 0.95),
      p99: quantile(bins, 0.99),
    },
  }
}
