import { runSql } from '../setup/runSql.ts'
import { bucketName, type Grain, type Sums } from './usageOracle.ts'

/** What Postgres holds at one grain, as the oracle names it. The only place where these tests read the tables of usage. */
export async function storedBuckets(databaseUrl: string, grain: Grain): Promise<Map<string, Sums>> {
  const sumOf = (counts: string) =>
    `(select coalesce(sum(n::bigint), 0) from jsonb_each_text(${counts}) as e (name, n))`
  const [rows = []] = await runSql(
    databaseUrl,
    `select key_id, at, requests, client_errors, server_errors, units, ${sumOf('refused')} as refused,
       ${sumOf('latency_bins')} as timed from usage_${grain}`,
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
