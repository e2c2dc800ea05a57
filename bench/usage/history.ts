import { permissionsFor } from '../../src/domain/keys/access.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { foldHour, hoursToFold } from '../../src/domain/usage/foldMinutes.ts'
import type { Keys } from '../createKeys.ts'
import type { Service } from '../startService.ts'
import { randomLatency } from './events.ts'
import { bodiesOf, createSender } from './loader.ts'

const DAYS = 35
const MINUTES_AN_HOUR = 10
const EVENTS_A_MINUTE = 10
const ENDPOINTS = 3
const ADDRESSES = 3
/** Latencies that fall into some 25 bins an hour. */
const LATENCY_SPREAD = 0.15
const KEYS_AN_ACCOUNT = 1_000

/** What a key's history is copied with, where it holds time. */
const TABLES = ['usage_minute', 'usage_folded', 'usage_hour', 'usage_day', 'usage_ip']

/**
 * The history of one key as events: active in so many hours of each of 35 days, in ten minutes of each with some ten
 * requests.
 */
export function historyOf(keyId: string, hoursADay: number, now: number): unknown[] {
  const events: unknown[] = []
  const first = now - DAYS * DAY + HOUR
  for (let day = Math.floor(first / DAY) * DAY; day < now; day += DAY) {
    const start = Math.floor(Math.random() * 24)
    for (let hour = 0; hour < hoursADay; hour++) {
      // 5 and 24 have no divisor in common: no hour comes twice.
      const hourAt = day + ((start + hour * 5) % 24) * HOUR
      const offset = Math.floor(Math.random() * 60)
      for (let minute = 0; minute < MINUTES_AN_HOUR; minute++) {
        const minuteAt = hourAt + ((offset + minute * 7) % 60) * MINUTE
        const count = Math.ceil(Math.random() * 2 * EVENTS_A_MINUTE)
        for (let event = 0; event < count; event++) {
          const at = minuteAt + Math.floor(Math.random() * MINUTE)
          if (at >= first && at < now) events.push(eventOf(keyId, at, events.length))
        }
      }
    }
  }
  return events
}

const eventOf = (keyId: string, at: number, index: number) => ({
  id: `${keyId}-${index}`,
  at: new Date(at).toISOString(),
  keyId,
  status: index % 25 === 0 ? 404 : 200,
  latencyMs: randomLatency(LATENCY_SPREAD),
  units: 1,
  ip: `203.0.113.${index % ADDRESSES}`,
  endpoint: `/templates/${String.fromCharCode(97 + (index % ENDPOINTS))}/image`,
  method: 'POST',
})

/** Reports the history of some keys through the api, has it rolled up, and folds the minutes that are old enough. */
export async function makeTemplates(
  service: Service,
  keys: Keys,
  hoursADay: number,
  now: number,
): Promise<void> {
  const events = keys.ids.flatMap((id) => historyOf(id, hoursADay, now))
  const sender = createSender(service.api.url, keys.serviceToken, 4)
  await sender.sendAll(bodiesOf(events, 1_000))
  sender.close()
  await service.drain()
  // Events are of requests that were let in; some minutes shall have refused ones as well.
  for (const grain of ['minute', 'hour', 'day'])
    await service.query(
      `update usage_${grain} set refused = '{"RATE_LIMITED": 3, "QUOTA_EXCEEDED": 1}' where random() < 0.2`,
      [],
    )
  const em = service.orm.em.fork()
  for (const hour of await hoursToFold(em, new Date(now))) await foldHour(em, hour)
}

/** Keys in accounts of a thousand, each account with an admin key whose value is known. */
export type Tenants = { accountId: string; adminKey: string; keyIds: string[] }[]

export async function insertKeys({ query }: Service, count: number, templates: string[]): Promise<Tenants> {
  const accounts = Math.ceil(count / KEYS_AN_ACCOUNT)
  await query(
    `insert into account (id, name, plan, created_at)
     select 'acct_' || lpad(n::text, 16, '0'), 'Bench ' || n, 'enterprise', now() from generate_series(1, ?::int) as n`,
    [accounts],
  )
  await query(
    `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by)
     select 'key_' || substr(md5('key' || n), 1, 16), 'acct_' || lpad(((n - 1) / ?::int + 1)::text, 16, '0'), 'Key ' || n,
       'live', 'full', ?::jsonb, 'active', md5('digest' || n), substr(md5(n::text), 1, 4),
       now() - random() * interval '400 days', 'bench'
     from generate_series(1, ?::int) as n`,
    [KEYS_AN_ACCOUNT, JSON.stringify(permissionsFor('full')), count],
  )
  await query(
    `create unlogged table bench_key as select id, account_id, (array[${templates.map(() => '?').join(', ')}])
       [1 + (row_number() over (order by id)) % ?::int] as template
     from api_key where created_by = 'bench'`,
    [...templates, templates.length],
  )
  await query(`insert into api_key_use select id, now() - random() * interval '1 day' from bench_key`, [])
  const tenants: Tenants = []
  for (let account = 1; account <= accounts; account++) {
    const accountId = `acct_${String(account).padStart(16, '0')}`
    const { value, digest, hint } = generateSecret('pk', 'live')
    await query(
      `insert into api_key (id, account_id, name, type, access, permissions, status, digest, hint, created_at, created_by)
       values (?, ?, 'Admin', 'live', 'admin', ?::jsonb, 'active', ?, ?, now() - interval '500 days', 'operator')`,
      [`key_admin${account}`, accountId, JSON.stringify(permissionsFor('admin')), digest, hint],
    )
    const keys = await query<{ id: string }>('select id from bench_key where account_id = ?', [accountId])
    tenants.push({ accountId, adminKey: value, keyIds: keys.map(({ id }) => id) })
  }
  return tenants
}

/**
 * Gives every key the history of its template, hour by hour, so that rows lie on disk as time would have written
 * them.
 */
export async function copyHistory({ query }: Service, templates: string[], now: number): Promise<void> {
  const wanted = templates.map(() => '?').join(', ')
  for (const table of TABLES) {
    const columns = await query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = ?::regclass and attnum > 0 and not attisdropped
         and attname not in ('key_id', 'account_id') order by attnum`,
      [table],
    )
    const names = columns.map(({ name }) => name).join(', ')
    for (let hour = Math.floor((now - (DAYS + 1) * DAY) / DAY) * DAY; hour < now; hour += HOUR) {
      await query(
        `insert into ${table} (key_id, account_id, ${names})
         select k.id, k.account_id, ${columns.map(({ name }) => `t.${name}`).join(', ')}
         from ${table} t join bench_key k on k.template = t.key_id
         where t.key_id in (${wanted}) and t.at >= ? and t.at < ?`,
        [...templates, new Date(hour), new Date(hour + HOUR)],
      )
    }
  }
  for (const table of [...TABLES, 'api_key', 'api_key_use', 'account'])
    await query(`vacuum analyze ${table}`, [])
}

/** Rows of the minutes (folded ones as hours), hours and days, and the whole database's size in bytes. */
export async function readSize({ query }: Service): Promise<{ rows: Record<string, number>; bytes: number }> {
  const rows: Record<string, number> = {}
  for (const table of TABLES) {
    const [row] = await query<{ n: string }>(`select count(*) as n from ${table}`, [])
    rows[table] = Number(row?.n)
  }
  const [size] = await query<{ bytes: string }>('select pg_database_size(current_database()) as bytes', [])
  return { rows, bytes: Number(size?.bytes) }
}
