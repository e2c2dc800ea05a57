import { hash } from 'node:crypto'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { UsageBatch } from './UsageBatch.ts'

/** The 128-bit form in which an event's id is remembered: the first half of its SHA-256, as a UUID. */
export function claimIdOf(id: string): string {
  const hex = hash('sha256', id, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/**
 * Claims ids (UUIDs) for counting and returns those that nobody had claimed: in the transaction that counts
 * them, which is what makes counting exact. Two transactions with one id in common wait for each other.
 */
export async function claimIds(em: SqlEntityManager, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await em.execute<{ id: string }[]>(
    `insert into usage_claim (id) select distinct id from unnest(?::uuid[]) as claimed (id) order by id
     on conflict do nothing returning id`,
    [uuidArray(ids)],
  )
  return new Set(rows.map((row) => row.id))
}

/** Those of these ids that have been counted already. */
export async function findClaimed(em: SqlEntityManager, ids: string[]): Promise<Set<string>> {
  const rows = await em.execute<{ id: string }[]>('select id from usage_claim where id = any(?::uuid[])', [
    uuidArray(ids),
  ])
  return new Set(rows.map((row) => row.id))
}

const uuidArray = (ids: string[]) => `{${ids.join(',')}}`

const totals = `sum(requests) as requests, (select coalesce(jsonb_object_agg(code, n), '{}') from (
    select code, sum(n::bigint) as n from unnest(array_agg(refused)) as r, jsonb_each_text(r) as e (code, n) group by code) as s) as refused,
  sum(client_errors) as client_errors, sum(server_errors) as server_errors, sum(units) as units,
  sum(latency_sum) as latency_sum, (select coalesce(jsonb_object_agg(bin, n), '{}') from (
    select bin, sum(n::bigint) as n from unnest(array_agg(latency_bins)) as l, jsonb_each_text(l) as e (bin, n) group by bin) as s) as latency_bins`

const upsert = (grain: 'minute' | 'hour' | 'day') => `
  insert into usage_${grain} as present (key_id, account_id, at, requests, refused, client_errors, server_errors, units, latency_sum, latency_bins)
  select key_id, account_id, date_trunc('${grain}', at, 'UTC') as bucket, ${totals}
  from batch group by key_id, account_id, bucket order by key_id, bucket
  on conflict (key_id, at) do update set
    requests = present.requests + excluded.requests,
    refused = case when excluded.refused = '{}' then present.refused else counts_add(present.refused, excluded.refused) end,
    client_errors = present.client_errors + excluded.client_errors,
    server_errors = present.server_errors + excluded.server_errors,
    units = present.units + excluded.units,
    latency_sum = present.latency_sum + excluded.latency_sum,
    latency_bins = case when excluded.latency_bins = '{}' then present.latency_bins
      else counts_add(present.latency_bins, excluded.latency_bins) end`

const addBuckets = `
  with batch as materialized (
    select key_id, account_id, to_timestamp(at / 1000.0) as at, requests, refused, client_errors, server_errors, units, latency_sum, latency_bins
    from jsonb_to_recordset(?::jsonb) as b (key_id text, account_id text, at bigint, requests bigint, refused jsonb,
      client_errors bigint, server_errors bigint, units bigint, latency_sum double precision, latency_bins jsonb)
  ), minutes as (${upsert('minute')}), hours as (${upsert('hour')}), days as (${upsert('day')})
  select 1`

/**
 * Adds a batch to the minute, hour and day buckets, the quota records and the keys' last uses. Rows are written
 * in the order of their keys, so that two workers never wait for each other in a circle.
 */
export async function addUsage(em: SqlEntityManager, batch: UsageBatch): Promise<void> {
  if (batch.buckets.size > 0) {
    const rows = [...batch.buckets.values()].map((bucket) => ({
      key_id: bucket.keyId,
      account_id: bucket.accountId,
      at: bucket.at,
      requests: bucket.requests,
      refused: bucket.refused,
      client_errors: bucket.clientErrors,
      server_errors: bucket.serverErrors,
      units: bucket.units,
      latency_sum: bucket.latencySum,
      latency_bins: bucket.latencyBins,
    }))
    await em.execute(addBuckets, [JSON.stringify(rows)])
  }
  if (batch.quotas.size > 0) {
    const rows = JSON.stringify([...batch.quotas.values()])
    await em.execute(
      `insert into quota_day as present (key_id, day, requests, renders)
       select "keyId", (to_timestamp(at / 1000.0) at time zone 'UTC')::date, sum(requests), sum("testRenders")
       from jsonb_to_recordset(?::jsonb) as q ("keyId" text, at bigint, requests bigint, "testRenders" bigint)
       group by 1, 2 order by 1, 2
       on conflict (key_id, day) do update set
         requests = present.requests + excluded.requests, renders = present.renders + excluded.renders`,
      [rows],
    )
    await em.execute(
      `insert into quota_month as present (account_id, month, renders)
       select "accountId", date_trunc('month', to_timestamp(at / 1000.0) at time zone 'UTC')::date, sum("liveRenders")
       from jsonb_to_recordset(?::jsonb) as q ("accountId" text, at bigint, "liveRenders" bigint)
       group by 1, 2 having sum("liveRenders") > 0 order by 1, 2
       on conflict (account_id, month) do update set renders = present.renders + excluded.renders`,
      [rows],
    )
  }
  if (batch.lastUses.size > 0) {
    await em.execute(
      `insert into api_key_use as present (key_id, last_used_at)
       select key_id, to_timestamp(at::bigint / 1000.0) from jsonb_each_text(?::jsonb) as u (key_id, at) order by key_id
       on conflict (key_id) do update set last_used_at = greatest(present.last_used_at, excluded.last_used_at)`,
      [JSON.stringify(Object.fromEntries(batch.lastUses))],
    )
  }
}
