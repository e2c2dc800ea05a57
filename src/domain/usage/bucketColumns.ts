import type { Counts } from './counts.ts'

/**
 * What a bucket counts: the columns of usage_minute, usage_hour and usage_day beside key_id, account_id and at, and of
 * a minute in usage_folded. Whatever adds, folds, rebuilds, compares or sums up buckets is made of this list, so a new
 * counter is a line here, and a migration that adds it to the three tables.
 *
 * A `sum` is a number that is added up. A `map` holds `{name: count}` and is added up name by name.
 */
export const BUCKET_COLUMNS = [
  { property: 'requests', column: 'requests', type: 'bigint', kind: 'sum' },
  { property: 'clientErrors', column: 'client_errors', type: 'bigint', kind: 'sum' },
  { property: 'serverErrors', column: 'server_errors', type: 'bigint', kind: 'sum' },
  { property: 'units', column: 'units', type: 'bigint', kind: 'sum' },
  { property: 'latencyCount', column: 'latency_count', type: 'bigint', kind: 'sum' },
  { property: 'latencySum', column: 'latency_sum', type: 'double precision', kind: 'sum' },
  { property: 'refused', column: 'refused', type: 'jsonb', kind: 'map' },
  { property: 'latencyBins', column: 'latency_bins', type: 'jsonb', kind: 'map' },
  { property: 'endpoints', column: 'endpoints', type: 'jsonb', kind: 'map' },
] as const

type Column = (typeof BUCKET_COLUMNS)[number]
type SumColumn = Extract<Column, { kind: 'sum' }>
type MapColumn = Extract<Column, { kind: 'map' }>

/** The sums of one bucket, or of many. */
export type BucketSums = Record<SumColumn['property'], number>
/** The maps of one bucket; endpoints by ID, as they are stored. */
export type BucketMaps = Record<MapColumn['property'], Counts>

/** Sums as Postgres returns them: bigints are text. */
export type SumsRow = { [C in SumColumn as C['column']]: C['type'] extends 'bigint' ? string : number }

export const SUM_COLUMNS = BUCKET_COLUMNS.filter((column): column is SumColumn => column.kind === 'sum')
export const MAP_COLUMNS = BUCKET_COLUMNS.filter((column): column is MapColumn => column.kind === 'map')

export const NO_SUMS = Object.fromEntries(SUM_COLUMNS.map(({ property }) => [property, 0])) as BucketSums

/** The sums of several rows together. */
export function readBucketSums(...rows: SumsRow[]): BucketSums {
  const sums = { ...NO_SUMS }
  for (const row of rows)
    for (const { property, column } of SUM_COLUMNS) sums[property] += Number(row[column])
  return sums
}

const list = (parts: string[]) => parts.join(', ')

/** For a select or an insert: all columns, and those that are sums. */
export const COLUMNS = list(BUCKET_COLUMNS.map(({ column }) => column))
export const SUM_NAMES = list(SUM_COLUMNS.map(({ column }) => column))

/** For `jsonb_to_recordset`: `requests bigint, …`. */
export const DEFINITIONS = list(BUCKET_COLUMNS.map(({ column, type }) => `${column} ${type}`))

/** The sum of a map over a group of rows, as a jsonb object. */
export const sumOfMap = (
  column: MapColumn['column'],
) => `(select coalesce(jsonb_object_agg(name, n), '{}') from (
    select name, sum(n::bigint) as n from unnest(array_agg(${column})) as m, jsonb_each_text(m) as e (name, n) group by name
  ) as s) as ${column}`

/** How many one row's map counts, whatever their names. */
export const totalOfMap = (column: MapColumn['column']) => `case when ${column} = '{}' then 0
  else (select sum(n::bigint) from jsonb_each_text(${column}) as e (name, n)) end`

/** The sums over a group of rows. */
export const SUMS = list(SUM_COLUMNS.map(({ column }) => `sum(${column}) as ${column}`))

/** All of `COLUMNS` over a group of rows, in their order. A minute folded before a column was there lacks it. */
export const ALL_SUMS = list(
  BUCKET_COLUMNS.map((one) =>
    one.kind === 'sum' ? `coalesce(sum(${one.column}), 0) as ${one.column}` : sumOfMap(one.column),
  ),
)

/** For `on conflict do update set`: `excluded` is added to the row `present`. */
export const ADDITIONS = list([
  ...SUM_COLUMNS.map(({ column }) => `${column} = present.${column} + excluded.${column}`),
  ...MAP_COLUMNS.map(
    ({ column }) => `${column} = case when excluded.${column} = '{}' then present.${column}
    else counts_add(present.${column}, excluded.${column}) end`,
  ),
])
