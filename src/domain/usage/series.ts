import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { SUM_NAMES, SUMS, sumOfMap, totalOfMap } from './bucketColumns.ts'
import { BUCKETS, chunksOf, type Range } from './seriesRange.ts'
import {
  type EndpointName,
  type EndpointSums,
  emptyRow,
  endpointRows,
  type GroupBy,
  keyRow,
  type PlainSums,
  plainRow,
  type SeriesRow,
  type StatusSums,
  statusRows,
} from './seriesRows.ts'
import type { Grain } from './windows.ts'

/** Rows of one query where there is one per key and bucket: few enough that verifications need not wait for them. */
const PAGE = 500

export type Series = { accountId: string; keyId?: string | undefined; interval: Grain; range: Range }

type Pages<Row = SeriesRow> = AsyncGenerator<Row[]>

/**
 * An account's buckets, earliest first, in pages of bounded size: each is read when it is asked for, in a statement of
 * its own, so that no length of history takes more memory or holds a transaction open.
 */
export function readSeries(em: SqlEntityManager, series: Series, groupBy: GroupBy): Pages {
  const read = { none: readPlain, key: readByKey, status: readByStatus, endpoint: readByEndpoint }
  return read[groupBy](em, series)
}

const WITH_REFUSED = `${SUMS}, sum(${totalOfMap('refused')}) as refused`

/** The condition of a piece of the series, and its parameters. */
function conditionOf({ accountId, keyId }: Series, { from, to }: Range): { sql: string; params: unknown[] } {
  const params = [accountId, new Date(from), new Date(to)]
  const sql = 'account_id = ? and at >= ? and at < ?'
  return keyId === undefined ? { sql, params } : { sql: `${sql} and key_id = ?`, params: [...params, keyId] }
}

/** The sums of each bucket of a piece, over all keys. */
function readSums<Sums>(em: SqlEntityManager, series: Series, chunk: Range, sums: string): Promise<Sums[]> {
  const { sql, params } = conditionOf(series, chunk)
  const statement = `select at, ${sums} from usage_${series.interval} where ${sql} group by at order by at`
  return em.execute<{ at: string }[]>(statement, params) as Promise<unknown[]> as Promise<Sums[]>
}

/** Every bucket, those in which nothing happened as well. */
async function* readPlain(em: SqlEntityManager, series: Series): Pages<SeriesRow<'none'>> {
  for (const chunk of chunksOf(series.range, series.interval)) {
    const sums = `${WITH_REFUSED}, ${sumOfMap('latency_bins')}`
    const found = await readSums<PlainSums>(em, series, chunk, sums)
    const buckets = new Map(found.map((row) => [new Date(row.at).getTime(), row]))
    const rows: SeriesRow<'none'>[] = []
    for (let at = chunk.from; at < chunk.to; at += BUCKETS[series.interval]) {
      const bucket = buckets.get(at)
      rows.push(bucket ? plainRow(bucket) : emptyRow(at))
    }
    yield rows
  }
}

async function* readByStatus(em: SqlEntityManager, series: Series): Pages<SeriesRow<'status'>> {
  for (const chunk of chunksOf(series.range, series.interval)) {
    yield (await readSums<StatusSums>(em, series, chunk, WITH_REFUSED)).flatMap(statusRows)
  }
}

async function* readByEndpoint(em: SqlEntityManager, series: Series): Pages<SeriesRow<'endpoint'>> {
  for (const chunk of chunksOf(series.range, series.interval)) {
    const sums = `${SUMS}, ${sumOfMap('endpoints')}`
    const found = await readSums<EndpointSums>(em, series, chunk, sums)
    // After the buckets: by then every endpoint that they count has its name.
    const names = found.length === 0 ? new Map() : await endpointNames(em, series.accountId)
    yield found.flatMap((row) => endpointRows(row, names))
  }
}

async function endpointNames(em: SqlEntityManager, accountId: string): Promise<Map<number, EndpointName>> {
  const rows = await em.execute<EndpointName[]>(
    'select id, method, path from endpoint where account_id = ?',
    [accountId],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

type KeySums = PlainSums & { key_id: string; name: string | null }

async function* readByKey(em: SqlEntityManager, series: Series): Pages<SeriesRow<'key'>> {
  for (const chunk of chunksOf(series.range, series.interval)) {
    let after: { at: Date; keyId: string } | undefined = { at: new Date(chunk.from), keyId: '' }
    while (after) {
      const rows: KeySums[] = await readPage(em, series, chunk, after)
      yield rows.map(keyRow)
      const last = rows.at(-1)
      after = last && rows.length === PAGE ? { at: new Date(last.at), keyId: last.key_id } : undefined
    }
  }
}

/** The page after a bucket and key, straight from the index by account: no offset, however far into the series. */
function readPage(
  em: SqlEntityManager,
  series: Series,
  chunk: Range,
  after: { at: Date; keyId: string },
): Promise<KeySums[]> {
  const { sql, params } = conditionOf(series, { from: after.at.getTime(), to: chunk.to })
  return em.execute<KeySums[]>(
    `select page.*, k.name from (
       select at, key_id, ${SUM_NAMES}, ${totalOfMap('refused')} as refused, latency_bins
       from usage_${series.interval} where ${sql} and (at, key_id) > (?, ?) order by at, key_id limit ${PAGE}
     ) as page left join api_key k on k.id = page.key_id order by page.at, page.key_id`,
    [...params, after.at, after.keyId],
  )
}
