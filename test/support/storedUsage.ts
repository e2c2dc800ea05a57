import { runSql } from '../setup/runSql.ts'
import { bucketName, type Grain, type Sums } from './usageOracle.ts'

const columns = 'at, requests, refused, client_errors, server_errors, units, latency_bins'
const folded = `select key_id, m.* from usage_folded, jsonb_to_recordset(minutes) as m (at timestamptz, requests bigint,
  refused jsonb, client_errors bigint, server_errors bigint, units bigint, latency_bins jsonb)`

/**
 * What Postgres holds at one grain, as the oracle names it; minutes wherever they stand. The only place where the
 * oracle's test reads the tables of usage.
 */
export async function storedBuckets(databaseUrl: string, grain: Grain): Promise<Map<string, Sums>> {
  const sumOf = (counts: string) =>
    `sum((select coalesce(sum(n::bigint), 0) from jsonb_each_text(${counts}) as e (name, n)))`
  const [rows = []] = await runSql(
    databaseUrl,
    `select key_id, at, sum(requests) as requests, ${sumOf('refused')} as refused, sum(client_errors) as client_errors,
       sum(server_errors) as server_errors, sum(units) as units, ${sumOf('latency_bins')} as timed
     from (select key_id, ${columns} from usage_${grain} ${grain === 'minute' ? `union all ${folded}` : ''}) as stored
     group by key_id, at`,
  )
  return new Map(
    rows.map((row) => [
      bucketName(String(row.key_id), (row.at as Date).getTime()),
      {
        requests: Number(row.requests),
        refused: Number(row.refused),
        clientErrors: Number(row.client_errors),
        serverErrors: Number(row.server_errors),
        units: Number(row.units),
        timed: Number(row.timed),
      },
    ]),
  )
}

/** How many hours of a key have had their minutes folded. */
export async function foldedHours(databaseUrl: string): Promise<number> {
  const [rows] = await runSql(databaseUrl, 'select count(*) as hours from usage_folded')
  return Number(rows?.[0]?.hours)
}
