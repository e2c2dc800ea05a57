/**
 * One other way to count events: `peerProcess.ts naive|rows|batches`, with DATABASE_URL and REDIS_URL. `naive` works
 * on its queue; the others insert the events that they are sent, and answer `{seconds}`.
 */
import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { UsageEvent } from './events.ts'
import { NAIVE_QUEUE, type PeerName } from './peers.ts'
import { openPool } from './pg.ts'

const POOL = 10
const ACCOUNT = 'acct_0123456789abcdef'

/** What a first version of usage counting does: a job for each event, an upsert for each job. */
const countOne = `
  insert into naive_minute as present (key_id, account_id, at, requests, client_errors, server_errors, latency_sum)
  values ($1, $2, date_trunc('minute', $3::timestamptz), 1, $4, $5, $6)
  on conflict (key_id, at) do update set requests = present.requests + 1,
    client_errors = present.client_errors + excluded.client_errors,
    server_errors = present.server_errors + excluded.server_errors,
    latency_sum = present.latency_sum + excluded.latency_sum`

const insertOne = `
  insert into event_row (id, account_id, key_id, at, status, latency_ms, ip, endpoint, method)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`

const insertMany = `
  insert into event_row (id, account_id, key_id, at, status, latency_ms, ip, endpoint, method)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::integer[], $6::double precision[],
    $7::inet[], $8::text[], $9::text[])
  on conflict do nothing`

const rowOf = (event: UsageEvent) => [
  event.id,
  ACCOUNT,
  event.keyId,
  event.at,
  event.status,
  event.latencyMs,
  event.ip,
  event.endpoint,
  event.method,
]

const pool = openPool(process.env.DATABASE_URL ?? '', POOL)

/** Does `work` for every item, as many at once as there are connections. */
async function each<Item>(items: Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
  }
  await Promise.all(Array.from({ length: POOL }, lane))
}

const insertRows = (events: UsageEvent[]) =>
  each(events, (event) => pool.query({ name: 'one', text: insertOne, values: rowOf(event) }))

function insertBatches(events: UsageEvent[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(events.length / 1_000) }, (_, index) =>
    events.slice(index * 1_000, (index + 1) * 1_000),
  )
  return each(batches, (batch) => {
    const rows = batch.map(rowOf)
    const columns = rowOf({} as UsageEvent).map((_, column) => rows.map((row) => row[column]))
    return pool.query({ name: 'many', text: insertMany, values: columns })
  })
}

const count = (event: UsageEvent) =>
  pool.query({
    name: 'count',
    text: countOne,
    values: [
      event.keyId,
      ACCOUNT,
      event.at,
      event.status >= 400 && event.status < 500 ? 1 : 0,
      event.status >= 500 ? 1 : 0,
      event.latencyMs,
    ],
  })

const name = process.argv[2] as PeerName
if (name === 'naive') {
  const connection = new Redis(process.env.REDIS_URL ?? '', { maxRetriesPerRequest: null })
  const handle = async ({ data }: { data: UsageEvent }) => {
    await count(data)
  }
  new Worker<UsageEvent>(NAIVE_QUEUE, handle, { connection, concurrency: 100 })
}
process.on('message', async (events: UsageEvent[]) => {
  const start = performance.now()
  await (name === 'rows' ? insertRows(events) : insertBatches(events))
  process.send?.({ seconds: (performance.now() - start) / 1000 })
})
process.on('disconnect', () => process.exit())
process.send?.({ ready: true })
