import { MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import type { GroupBy, SeriesRow } from '../../src/domain/usage/seriesRows.ts'

const LENGTHS = { minute: MINUTE, hour: 60 * MINUTE, day: 1_440 * MINUTE }
export type Interval = keyof typeof LENGTHS

/** A reported request, as the expectations know it. */
export type Told = {
  keyId: string
  name: string
  at: number
  status: number
  latencyMs?: number
  endpoint?: string
  method?: string
}

const text = (at: number) => new Date(at).toISOString()

/**
 * What `GET /usage` must answer for these requests between two instants, worked out one by one; p50 and the like are
 * exact.
 */
export function expectedSeries(
  all: Told[],
  { from, to, interval, groupBy }: { from: number; to: number; interval: Interval; groupBy: GroupBy },
): Record<string, unknown>[] {
  const length = LENGTHS[interval]
  const rows: Record<string, unknown>[] = []
  for (let at = from; at < to; at += length) {
    const told = all.filter((one) => one.at >= at && one.at < at + length)
    if (groupBy === 'none') rows.push({ at: text(at), ...totals(told) })
    if (groupBy === 'status') rows.push(...statuses(told).map((row) => ({ at: text(at), ...row })))
    if (groupBy === 'key') {
      for (const [keyId, some] of sortedGroups(told, (one) => one.keyId))
        rows.push({ at: text(at), keyId, name: some[0]?.name, ...totals(some) })
    }
    if (groupBy === 'endpoint') {
      for (const [, some] of sortedGroups(told, (one) => `${one.method ?? ''} ${one.endpoint ?? ''}`)) {
        const { refused: _, units: __, latencyMs, ...rest } = totals(some)
        const endpoint = some[0]?.endpoint ?? '(none)'
        const method = some[0]?.method ?? null
        rows.push({ at: text(at), endpoint, method, ...rest, latencyMs: { mean: latencyMs.mean } })
      }
    }
  }
  return rows
}

/** Rows in an order that does not depend on the ids of endpoints. */
export function ordered<Row>(rows: Row[]): Row[] {
  const name = (row: Row) => {
    const { at, keyId, status, method, endpoint } = row as Partial<Record<string, unknown>>
    return JSON.stringify([at, keyId, status, endpoint, method])
  }
  return [...rows].sort((one, other) => (name(one) < name(other) ? -1 : 1))
}

function sortedGroups(told: Told[], nameOf: (one: Told) => string): [string, Told[]][] {
  return [...Map.groupBy(told, nameOf)].sort(([one], [other]) => (one < other ? -1 : 1))
}

function totals(told: Told[]) {
  const clientErrors = told.filter(({ status }) => status >= 400 && status < 500).length
  const serverErrors = told.filter(({ status }) => status >= 500).length
  const latencies = told.flatMap(({ latencyMs }) => latencyMs ?? []).sort((a, b) => a - b)
  const at = (q: number) => latencies[Math.floor(q * (latencies.length - 1))] ?? null
  const sum = latencies.reduce((all, one) => all + one, 0)
  return {
    requests: told.length,
    refused: 0,
    errors: clientErrors + serverErrors,
    clientErrors,
    serverErrors,
    errorRate: told.length === 0 ? 0 : (clientErrors + serverErrors) / told.length,
    units: told.length,
    latencyMs: {
      mean: latencies.length === 0 ? null : sum / latencies.length,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
    },
  }
}

function statuses(told: Told[]) {
  const of = (from: number, to: number) => told.filter(({ status }) => status >= from && status < to).length
  return [
    { status: 'success', requests: of(100, 400) },
    { status: '4xx', requests: of(400, 500) },
    { status: '5xx', requests: of(500, 600) },
  ].filter(({ requests }) => requests > 0)
}

/** A CSV by RFC 4180 as records of text. */
export function parseCsv(csv: string): Record<string, string>[] {
  const records: string[][] = []
  let record: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  for (let match = cell.exec(csv); match; match = cell.exec(csv)) {
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === ',') continue
    records.push(record)
    record = []
    if (cell.lastIndex === csv.length) break
  }
  if (cell.lastIndex !== csv.length) throw new Error('Not a CSV to its end')
  const [header = [], ...rows] = records
  return rows.map((row) => {
    if (row.length !== header.length) throw new Error(`${row.length} cells under ${header.length} columns`)
    return Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']))
  })
}

/** A row of the JSON answer as its CSV has it, but for the guard against formulas. */
export function flat(row: SeriesRow): Record<string, string> {
  const cells = Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
    name === 'latencyMs'
      ? Object.entries(value ?? {}).map(([part, ms]) => [
          `latency${part[0]?.toUpperCase()}${part.slice(1)}Ms`,
          ms,
        ])
      : [[name, value]],
  )
  return Object.fromEntries(cells.map(([name, value]) => [name, value === null ? '' : String(value)]))
}
