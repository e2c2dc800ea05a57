import { z } from 'zod'
import { ENDPOINT_COUNT_NAMES, ENDPOINT_COUNTS, type EndpointCounts } from './bucket.ts'
import { readBucketSums, type SumsRow } from './bucketColumns.ts'
import type { Counts } from './counts.ts'
import { OTHER_ENDPOINTS } from './EndpointIds.ts'
import { LatencyMs } from './LatencyMs.ts'
import { quantiles } from './latencyBins.ts'

const at = z.string().describe('The start of the bucket')
const outcomes = { errors: z.int(), clientErrors: z.int(), serverErrors: z.int(), errorRate: z.number() }
const totals = {
  requests: z.int(),
  refused: z.int(),
  ...outcomes,
  units: z.int(),
  latencyMs: LatencyMs,
}

/** What happened in one bucket, by what it is grouped by. */
export const SeriesRows = {
  none: z.strictObject({ at, ...totals }),
  key: z.strictObject({ at, keyId: z.string(), name: z.string().nullable(), ...totals }),
  status: z.strictObject({
    at,
    status: z.enum(['success', '4xx', '5xx', 'refused']),
    requests: z.int(),
  }),
  endpoint: z.strictObject({
    at,
    endpoint: z
      .string()
      .describe('`(other)`: endpoints beyond the first 200. `(none)`: reported without an endpoint'),
    method: z.string().nullable(),
    requests: z.int(),
    ...outcomes,
    latencyMs: LatencyMs.pick({ mean: true }),
  }),
}

export type GroupBy = keyof typeof SeriesRows
export type SeriesRow<Group extends GroupBy = GroupBy> = z.infer<(typeof SeriesRows)[Group]>

/** A bucket as Postgres returns it. */
export type StatusSums = SumsRow & { at: string | Date; refused: string }
export type PlainSums = StatusSums & { latency_bins: Counts }
export type EndpointSums = SumsRow & { at: string | Date; endpoints: Counts }

const iso = (time: string | Date | number) => new Date(time).toISOString()

function outcomesOf(requests: number, clientErrors: number, serverErrors: number) {
  const errors = clientErrors + serverErrors
  return { errors, clientErrors, serverErrors, errorRate: requests === 0 ? 0 : errors / requests }
}

function totalsOf(sums: PlainSums) {
  const { requests, clientErrors, serverErrors, units, latencyCount, latencySum } = readBucketSums(sums)
  const [p50 = null, p95 = null, p99 = null] = quantiles(sums.latency_bins, [0.5, 0.95, 0.99])
  return {
    requests,
    refused: Number(sums.refused),
    ...outcomesOf(requests, clientErrors, serverErrors),
    units,
    latencyMs: {
      mean: latencyCount === 0 ? null : latencySum / latencyCount,
      p50,
      p95,
      p99,
    },
  }
}

export const plainRow = (sums: PlainSums): SeriesRow<'none'> => ({ at: iso(sums.at), ...totalsOf(sums) })

/** The bucket in which nothing happened; `time` in Unix ms. */
export const emptyRow = (time: number): SeriesRow<'none'> => ({
  at: iso(time),
  requests: 0,
  refused: 0,
  ...outcomesOf(0, 0, 0),
  units: 0,
  latencyMs: { mean: null, p50: null, p95: null, p99: null },
})

export const keyRow = (sums: PlainSums & { key_id: string; name: string | null }): SeriesRow<'key'> => ({
  at: iso(sums.at),
  keyId: sums.key_id,
  name: sums.name,
  ...totalsOf(sums),
})

/** A success is a request that was not reported as an error. */
export function statusRows(sums: StatusSums): SeriesRow<'status'>[] {
  const { requests: admitted, clientErrors, serverErrors } = readBucketSums(sums)
  const requests: Record<SeriesRow<'status'>['status'], number> = {
    success: Math.max(0, admitted - clientErrors - serverErrors),
    '4xx': clientErrors,
    '5xx': serverErrors,
    refused: Number(sums.refused),
  }
  const rows: SeriesRow<'status'>[] = []
  for (const status of SeriesRows.status.shape.status.options) {
    if (requests[status] > 0) rows.push({ at: iso(sums.at), status, requests: requests[status] })
  }
  return rows
}

export type EndpointName = { id: number; method: string; path: string }

/** One row per endpoint of a bucket, and one for what of the bucket was reported without an endpoint. */
export function endpointRows(sums: EndpointSums, names: Map<number, EndpointName>): SeriesRow<'endpoint'>[] {
  const { requests, clientErrors, serverErrors, latencyCount, latencySum } = readBucketSums(sums)
  const latencyMicros = Math.round(latencySum * 1_000)
  const rest: EndpointCounts = { requests, clientErrors, serverErrors, latencyCount, latencyMicros }
  const ids = new Set(Object.keys(sums.endpoints).map((name) => Number.parseInt(name, 10)))
  const rows = [...ids]
    .sort((one, other) => one - other)
    .map((id) => {
      const counts = countsOf(sums.endpoints, id)
      for (const name of ENDPOINT_COUNT_NAMES) rest[name] = Math.max(0, rest[name] - counts[name])
      const name = names.get(id)
      const path = name?.path ?? (id === OTHER_ENDPOINTS ? '(other)' : `(${id})`)
      return endpointRow(sums.at, path, name?.method || null, counts)
    })
  const named = rest.requests + rest.clientErrors + rest.serverErrors + rest.latencyCount === 0
  return named ? rows : [...rows, endpointRow(sums.at, '(none)', null, rest)]
}

function countsOf(endpoints: Counts, id: number): EndpointCounts {
  const counts = ENDPOINT_COUNT_NAMES.map((name) => [name, endpoints[`${id}${ENDPOINT_COUNTS[name]}`] ?? 0])
  return Object.fromEntries(counts) as EndpointCounts
}

const endpointRow = (
  time: string | Date,
  endpoint: string,
  method: string | null,
  { requests, clientErrors, serverErrors, latencyCount, latencyMicros }: EndpointCounts,
): SeriesRow<'endpoint'> => ({
  at: iso(time),
  endpoint,
  method,
  requests,
  ...outcomesOf(requests, clientErrors, serverErrors),
  latencyMs: { mean: latencyCount === 0 ? null : latencyMicros / 1_000 / latencyCount },
})
