import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { type LatencyBins, quantile } from './latencyBins.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export const WINDOWS = { '24h': 24 * HOUR, '7d': 7 * 24 * HOUR, '30d': 30 * 24 * HOUR } as const
export type WindowName = keyof typeof WINDOWS

const milliseconds = z.number().nullable()

/** What happened in one window. `errorRate` is a share of 0 to 1; latencies are null until one was reported. */
export const WindowUsage = z.object({
  requests: z.int(),
  refused: z.int(),
  refusedByCode: z.record(z.string(), z.int()),
  errors: z.int(),
  clientErrors: z.int(),
  serverErrors: z.int(),
  errorRate: z.number(),
  units: z.int(),
  latencyMs: z.object({ mean: milliseconds, p50: milliseconds, p95: milliseconds, p99: milliseconds }),
})
export type WindowUsage = z.infer<typeof WindowUsage>

/**
 * A window of `lengthMs` that ends now, at minute grain: whole hours, and the minutes at its two edges.
 * `from` is included, `to` is not; all in Unix ms.
 */
export function windowParts(now: number, lengthMs: number) {
  const to = Math.floor(now / MINUTE) * MINUTE + MINUTE
  const from = Math.floor((now - lengthMs) / MINUTE) * MINUTE
  const firstHour = Math.ceil(from / HOUR) * HOUR
  const lastHour = Math.floor(to / HOUR) * HOUR
  return [
    { grain: 'minute', from, to: Math.min(firstHour, to) },
    { grain: 'hour', from: firstHour, to: Math.max(lastHour, firstHour) },
    { grain: 'minute', from: Math.max(lastHour, firstHour), to },
  ] as const
}

type Totals = {
  name: WindowName
  requests: string
  refused: Record<string, number>
  client_errors: string
  server_errors: string
  units: string
  latency_sum: number
  latency_bins: LatencyBins
}

/** The three windows of one key, read in one statement at one instant. */
export async function readWindows(
  em: SqlEntityManager,
  keyId: string,
  now: Date,
): Promise<Record<WindowName, WindowUsage>> {
  const parts = Object.entries(WINDOWS).flatMap(([name, length]) =>
    windowParts(now.getTime(), length).map((part) => ({ name, ...part })),
  )
  const read = (grain: string) =>
    `select p.name, b.* from parts p join usage_${grain} b
       on b.key_id = ? and b.at >= to_timestamp(p."from" / 1000.0) and b.at < to_timestamp(p."to" / 1000.0) where p.grain = '${grain}'`
  const merged = (column: string) =>
    `(select coalesce(jsonb_object_agg(k, n), '{}') from (select k, sum(v::bigint) as n from found f, jsonb_each_text(f.${column}) as e (k, v)
      where f.name = t.name group by k) as s)`
  const rows = await em.execute<Totals[]>(
    `with parts as (select * from jsonb_to_recordset(?::jsonb) as p (name text, grain text, "from" bigint, "to" bigint)),
     found as materialized (${read('minute')} union all ${read('hour')}),
     t as (select name, sum(requests) as requests, sum(client_errors) as client_errors, sum(server_errors) as server_errors,
       sum(units) as units, sum(latency_sum) as latency_sum from found group by name)
     select t.*, ${merged('refused')} as refused, ${merged('latency_bins')} as latency_bins from t`,
    [JSON.stringify(parts), keyId, keyId],
  )
  const byName = new Map(rows.map((row) => [row.name, row]))
  const present = (name: WindowName) => presentWindow(byName.get(name))
  return { '24h': present('24h'), '7d': present('7d'), '30d': present('30d') }
}

function presentWindow(totals: Totals | undefined): WindowUsage {
  const bins = totals?.latency_bins ?? {}
  const refused = totals?.refused ?? {}
  const requests = Number(totals?.requests ?? 0)
  const clientErrors = Number(totals?.client_errors ?? 0)
  const serverErrors = Number(totals?.server_errors ?? 0)
  const errors = clientErrors + serverErrors
  const sum = (counts: Record<string, number>) =>
    Object.values(counts).reduce((total, count) => total + count, 0)
  const timed = sum(bins)
  return {
    requests,
    refused: sum(refused),
    refusedByCode: refused,
    errors,
    clientErrors,
    serverErrors,
    errorRate: requests === 0 ? 0 : errors / requests,
    units: Number(totals?.units ?? 0),
    latencyMs: {
      mean: timed === 0 ? null : (totals?.latency_sum ?? 0) / timed,
      p50: quantile(bins, 0.5),
      p95: quantile(bins, 0.95),
      p99: quantile(bins, 0.99),
    },
  }
}
