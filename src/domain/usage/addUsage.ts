import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { executeBound, pgArray } from '../sql.ts'
import type { AcceptedUsage } from './AcceptedUsage.ts'
import { type Bucket, ENDPOINT_COUNT_NAMES, ENDPOINT_COUNTS } from './bucket.ts'
import { ADDITIONS, BUCKET_COLUMNS, COLUMNS, DEFINITIONS } from './bucketColumns.ts'
import type { CallerLimits } from './CallerLimits.ts'
import type { Counts } from './counts.ts'
import type { IdOfEndpoint } from './EndpointIds.ts'
import type { CallersOfDay, UsageBatch } from './UsageBatch.ts'
import type { Grain } from './windows.ts'

const addBuckets = (grain: Grain) => `
  insert into usage_${grain} as present (key_id, account_id, at, ${COLUMNS})
  select key_id, account_id, to_timestamp(at / 1000.0), ${COLUMNS}
  from jsonb_to_recordset($1::jsonb) as b (key_id text, account_id text, at bigint, ${DEFINITIONS})
  order by key_id, at
  on conflict (key_id, at) do update set ${ADDITIONS}`

/**
 * Arrays, because these rows are nearly as many as events in the worst case, and JSON costs twice as much. They need no
 * order: whoever has added to a key's day, above, has the callers of that day for itself.
 */
const addIps = `
  insert into usage_ip as present (key_id, account_id, at, ip, requests, refused, first_seen_at, last_seen_at)
  select key_id, account_id, to_timestamp(at), ip, requests, refused, to_timestamp(first_seen), to_timestamp(last_seen)
  from unnest($1::text[], $2::text[], $3::float8[], $4::inet[], $5::bigint[], $6::bigint[], $7::float8[], $8::float8[])
    as u (key_id, account_id, at, ip, requests, refused, first_seen, last_seen)
  on conflict (key_id, at, ip) do update set
    requests = present.requests + excluded.requests, refused = present.refused + excluded.refused,
    first_seen_at = least(present.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(present.last_seen_at, excluded.last_seen_at)`

const addQuotaDays = `
  insert into quota_day as present (key_id, day, region, requests, renders)
  select "keyId", (to_timestamp(at / 1000.0) at time zone 'UTC')::date, region, sum(requests), sum("testRenders")
  from jsonb_to_recordset($1::jsonb) as q ("keyId" text, at bigint, region text, requests bigint, "testRenders" bigint)
  group by 1, 2, 3 order by 1, 2, 3
  on conflict (key_id, day, region) do update set
    requests = present.requests + excluded.requests, renders = present.renders + excluded.renders`

const addQuotaMonths = `
  insert into quota_month as present (account_id, month, renders)
  select "accountId", date_trunc('month', to_timestamp(at / 1000.0) at time zone 'UTC')::date, sum("liveRenders")
  from jsonb_to_recordset($1::jsonb) as q ("accountId" text, at bigint, "liveRenders" bigint)
  group by 1, 2 having sum("liveRenders") <> 0 order by 1, 2
  on conflict (account_id, month) do update set renders = present.renders + excluded.renders`

const addLastUses = `
  insert into api_key_use as present (key_id, last_used_at)
  select key_id, to_timestamp(at::bigint / 1000.0) from jsonb_each_text($1::jsonb) as u (key_id, at) order by key_id
  on conflict (key_id) do update set last_used_at = greatest(present.last_used_at, excluded.last_used_at)`

/** `changed_at` grows with each change, whatever the clocks of workers say: it is what an announcement remembers. */
const addAcceptedDays = `
  insert into usage_accepted as present (account_id, day, verifications, refused, events, completions, changed_at)
  select "accountId", date '1970-01-01' + day, verifications, refused, events, completions, $2
  from jsonb_to_recordset($1::jsonb) as a ("accountId" text, day integer, verifications bigint, refused bigint,
    events bigint, completions bigint)
  order by "accountId", day
  on conflict (account_id, day) do update set
    verifications = present.verifications + excluded.verifications, refused = present.refused + excluded.refused,
    events = present.events + excluded.events, completions = present.completions + excluded.completions,
    changed_at = greatest(excluded.changed_at, present.changed_at + interval '1 microsecond')`

/**
 * Adds a batch to the minute, hour and day buckets, the callers' addresses, the quota records and the keys' last uses.
 * All grains get the same sums in the same transaction, so that they agree under late events and replays alike. Rows
 * are written in the order of their keys, so that two workers never wait for each other in a circle.
 */
export async function addUsage(
  em: SqlEntityManager,
  batch: UsageBatch,
  idOfEndpoint: IdOfEndpoint,
  limits: CallerLimits,
): Promise<void> {
  if (batch.buckets.length > 0) {
    for (const [grain, buckets] of batch.grains()) {
      const rows = buckets.map((bucket) => rowOf(bucket, idOfEndpoint))
      await executeBound(em, addBuckets(grain), [JSON.stringify(rows)])
    }
  }
  const callers = batch.callers.filter(({ ips }) => ips.size > 0)
  if (callers.length > 0) await executeBound(em, addIps, ipColumns(await limits.apply(em, callers)))
  if (batch.quotas.size > 0) {
    const rows = JSON.stringify([...batch.quotas.values()])
    await executeBound(em, addQuotaDays, [rows])
    await executeBound(em, addQuotaMonths, [rows])
  }
  if (batch.lastUses.size > 0) {
    await executeBound(em, addLastUses, [JSON.stringify(Object.fromEntries(batch.lastUses))])
  }
}

/** Adds what a transaction has claimed to the accepted usage of its accounts and days. */
export async function addAccepted(em: SqlEntityManager, accepted: AcceptedUsage, now: Date): Promise<void> {
  if (accepted.days.size === 0) return
  await executeBound(em, addAcceptedDays, [JSON.stringify([...accepted.days.values()]), now])
}

/** The columns of `addIps`, each as an array of Postgres; times in Unix seconds. */
function ipColumns(callers: CallersOfDay[]): string[] {
  const keyIds: string[] = []
  const accountIds: string[] = []
  const days: number[] = []
  const ips: string[] = []
  const requests: number[] = []
  const refused: number[] = []
  const firstSeen: number[] = []
  const lastSeen: number[] = []
  for (const { keyId, accountId, at, ips: uses } of callers) {
    for (const [ip, use] of uses) {
      keyIds.push(keyId)
      accountIds.push(accountId)
      days.push(at / 1_000)
      ips.push(ip)
      requests.push(use.requests)
      refused.push(use.refused)
      firstSeen.push(use.firstSeenAt / 1_000)
      lastSeen.push(use.lastSeenAt / 1_000)
    }
  }
  return [keyIds, accountIds, days, ips, requests, refused, firstSeen, lastSeen].map((column) =>
    pgArray(column),
  )
}

/** A bucket under the names of its columns. */
function rowOf(bucket: Bucket, idOfEndpoint: IdOfEndpoint): Record<string, unknown> {
  const row: Record<string, unknown> = { key_id: bucket.keyId, account_id: bucket.accountId, at: bucket.at }
  for (const { property, column } of BUCKET_COLUMNS)
    row[column] = property === 'endpoints' ? endpointCounts(bucket, idOfEndpoint) : bucket[property]
  return row
}

function endpointCounts({ accountId, endpoints }: Bucket, idOfEndpoint: IdOfEndpoint): Counts {
  const sums: Counts = {}
  for (const [name, counts] of endpoints) {
    const id = idOfEndpoint(accountId, name)
    for (const count of ENDPOINT_COUNT_NAMES) {
      const [value, stored] = [counts[count], `${id}${ENDPOINT_COUNTS[count]}`]
      if (value > 0) sums[stored] = (sums[stored] ?? 0) + value
    }
  }
  return sums
}
