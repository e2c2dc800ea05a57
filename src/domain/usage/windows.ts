import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { executeBound, pgArray } from '../sql.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, MINUTES_KEPT_MS } from '../time.ts'
import { BUCKET_COLUMNS, readBucketSums, SUMS, type SumsRow } from './bucketColumns.ts'
import { type Counts, sumCounts } from './counts.ts'
import { LatencyMs } from './LatencyMs.ts'
import { quantiles } from './latencyBins.ts'

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

const GRAINS = ['day', 'hour', 'minute'] as const
export type Grain = (typeof GRAINS)[number]
type Part = { grain: Grain; from: number; to: number }

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

/** A piece of time that one grain is read for, and what it is read for: a bit for each window, and one for `HOURS`. */
type Piece = Part & { reasons: number }

/** The bit of the hours of the last day, each for itself. */
const HOURS = 1 << NAMES.length
const HOURS_SHOWN = 24

/** The first minute of each window at an instant, and the end of them all: that of the current minute. */
function edgesOf(now: number): { starts: number[]; to: number } {
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS
  return { starts: NAMES.map((name) => minute - WINDOWS[name]), to: minute + MINUTE_MS }
}

/** The start of the first hour that is shown by itself. */
const firstHourOf = (now: number) => (Math.floor(now / HOUR_MS) - HOURS_SHOWN + 1) * HOUR_MS

/**
 * All that the windows at an instant, and with `hours` the hours of the last day, consist of: disjoint pieces by grain,
 * earliest first. Each window is made of the fewest buckets, so a longer one passes over the edges of a shorter one.
 */
export function piecesAt(now: number, hours = false): Piece[] {
  const { starts, to } = edgesOf(now)
  const wanted = starts.map((from) => partsOf(from, to))
  const first = firstHourOf(now)
  if (hours) wanted.push([{ grain: 'hour', from: first, to: first + HOURS_SHOWN * HOUR_MS }])
  return GRAINS.flatMap((grain) => {
    const own = wanted.map((parts) => parts.filter((part) => part.grain === grain))
    const cuts = [...new Set(own.flat().flatMap((part) => [part.from, part.to]))].sort((a, b) => a - b)
    return cuts.flatMap((from, index) => {
      const end = cuts[index + 1] ?? from
      const isIn = (part: Part) => part.from <= from && from < part.to
      const reasons = own.reduce((bits, parts, place) => (parts.some(isIn) ? bits | (1 << place) : bits), 0)
      return reasons === 0 ? [] : [{ grain, from, to: end, reasons }]
    })
  })
}

/** The sums of one key over the pieces that have the same reasons. */
type Totals = SumsRow & {
  key_id: string
  reasons: number
  refused: Counts[] | null
  latency_bins?: Counts[] | null
  hours?: Counts | null
}

/**
 * `quantiles: false` leaves p50, p95 and p99 out (null), which makes many keys at once cheap. `hours` reads the
 * requests by hour, too.
 */
type WindowOptions = { quantiles: boolean; hours?: boolean }

/** What was read of one key. `requestsByHour`: of the last 24 hours of the clock, oldest first. */
type KeyUsage = { windows: Windows; requestsByHour: number[] }

/** The three windows of each of these keys at one instant. Keys without usage have empty windows. */
export async function readWindows(
  em: SqlEntityManager,
  keyIds: string[],
  now: Date,
): Promise<Map<string, Windows>> {
  const usages = await readKeyUsages(em, keyIds, now, { quantiles: true })
  return new Map([...usages].map(([keyId, { windows }]) => [keyId, windows]))
}

/** As `readWindows`, with what the options say: one statement, in which each bucket is read once. */
export async function readKeyUsages(
  em: SqlEntityManager,
  keyIds: string[],
  now: Date,
  options: WindowOptions,
): Promise<Map<string, KeyUsage>> {
  const { sql, params } = statementOf(keyIds, now.getTime(), options)
  const byKey = Map.groupBy(await executeBound<Totals>(em, sql, params), (row) => row.key_id)
  return new Map(
    keyIds.map((keyId) => {
      const rows = byKey.get(keyId) ?? []
      return [keyId, { windows: windowsOf(rows), requestsByHour: hoursOf(rows, firstHourOf(now.getTime())) }]
    }),
  )
}

function statementOf(keyIds: string[], now: number, options: WindowOptions) {
  const params: unknown[] = [pgArray(keyIds)]
  const bind = (at: number) => `$${params.push(new Date(at))}`
  const { quantiles, hours = false } = options
  const columns = BUCKET_COLUMNS.filter(
    ({ kind, column }) => kind === 'sum' || column === 'refused' || (quantiles && column === 'latency_bins'),
  )
  const sums = columns.map(({ column }) => column).join(', ')
  const pieces = piecesAt(now, hours)
  const branches = branchesOf(pieces, now).map(
    (
      branch,
    ) => `select key_id, at, ${reasonsOf(branch, bind)} as reasons, ${sums} from usage_${branch[0]?.grain}
     where key_id = any($1::text[]) and (${branch.map((piece) => during('at', piece, bind)).join(' or ')})`,
  )
  const minutes = pieces.filter(({ grain }) => grain === 'minute')
  if (minutes.length > 0) {
    const hoursOfMinutes = [...new Set(minutes.map(({ from }) => Math.floor(from / HOUR_MS) * HOUR_MS))]
    branches.push(
      `select f.key_id, m.at, ${reasonsOf(minutes, bind, 'm.at')}, ${sums} from usage_folded f,
         jsonb_to_recordset(f.minutes) as m (at timestamptz, ${columns.map(({ column, type }) => `${column} ${type}`).join(', ')})
       where f.key_id = any($1::text[]) and f.at in (${hoursOfMinutes.map(bind).join(', ')})
         and (${minutes.map((piece) => during('m.at', piece, bind)).join(' or ')})`,
    )
  }
  const sql = `select key_id, reasons, ${SUMS}, jsonb_agg(refused) filter (where refused <> '{}') as refused
       ${quantiles ? `, jsonb_agg(latency_bins) filter (where latency_bins <> '{}') as latency_bins` : ''}
       ${hours ? `, jsonb_object_agg(at, requests) filter (where reasons & ${HOURS} <> 0) as hours` : ''}
     from (${branches.join(' union all ')}) as part group by key_id, reasons`
  return { sql, params }
}

/**
 * Pieces that are read together, each list from one table: those that follow each other as one range of its index, and
 * all minutes that should be folded by now, of which there are few.
 */
function branchesOf(pieces: Piece[], now: number): Piece[][] {
  const branches: Piece[][] = []
  const isOld = ({ grain, to }: Piece) => grain === 'minute' && to <= now - MINUTES_KEPT_MS
  for (const piece of pieces) {
    const last = branches.at(-1)?.at(-1)
    const isNext = last?.grain === piece.grain && (last.to === piece.from || (isOld(last) && isOld(piece)))
    if (isNext) branches.at(-1)?.push(piece)
    else branches.push([piece])
  }
  return branches
}

type Bind = (at: number) => string

const during = (column: string, { from, to }: Part, bind: Bind) =>
  `${column} >= ${bind(from)} and ${column} < ${bind(to)}`

/** The reasons of the piece that a bucket lies in. */
function reasonsOf(pieces: Piece[], bind: Bind, column = 'at'): string {
  const last = pieces.at(-1)?.reasons ?? 0
  const before = pieces.slice(0, -1).map(({ to, reasons }) => `when ${column} < ${bind(to)} then ${reasons}`)
  return before.length === 0 ? String(last) : `case ${before.join(' ')} else ${last} end`
}

/** Totals with their maps added up: most of them belong to several windows. */
type Added = { totals: Totals; refused: Counts; bins: Counts }

function windowsOf(rows: Totals[]): Windows {
  const added = rows.map((totals) => ({
    totals,
    refused: sumCounts(totals.refused ?? []),
    bins: sumCounts(totals.latency_bins ?? []),
  }))
  const windows = NAMES.map((name, place) => {
    const own = added.filter(({ totals }) => (totals.reasons & (1 << place)) !== 0)
    return [name, presentWindow(own)] as const
  })
  return Object.fromEntries(windows) as Windows
}

function hoursOf(rows: Totals[], first: number): number[] {
  const requests = Array<number>(HOURS_SHOWN).fill(0)
  for (const { hours } of rows)
    for (const at in hours) requests[(new Date(at).getTime() - first) / HOUR_MS] = hours[at] ?? 0
  return requests
}

function presentWindow(rows: Added[]): WindowUsage {
  const { requests, clientErrors, serverErrors, units, latencyCount, latencySum } = readBucketSums(
    ...rows.map(({ totals }) => totals),
  )
  const refusedByCode = sumCounts(rows.map((row) => row.refused))
  const bins = sumCounts(rows.map((row) => row.bins))
  const [p50 = null, p95 = null, p99 = null] = quantiles(bins, [0.5, 0.95, 0.99])
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
    latencyMs: { mean: latencyCount === 0 ? null : latencySum / latencyCount, p50, p95, p99 },
  }
}
