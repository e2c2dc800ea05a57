import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { ERASED_TABLES, type ErasedTable, LAST_EVENT } from './erasedTables.ts'

/** Rows per statement: nobody waits long for their locks. */
const AT_ONCE = 500

/**
 * Deletes what an account has, but for its keys and itself. Each statement commits by itself: what a process that dies
 * has deleted stays deleted, and the next run continues. `erasure`: the command that asked for it, which stays.
 */
export async function eraseRows(em: SqlEntityManager, accountId: string, erasure: string): Promise<void> {
  for (const [table, rows] of Object.entries(ERASED_TABLES))
    await repeat(em, deletion(table, rows), [accountId, AT_ONCE])
  // After the events: whoever pushes one holds it until the notification is there.
  await repeat(em, DELETE_PUSHES, [accountId, AT_ONCE])
  await repeat(em, MOVE_UNITS, [accountId, AT_ONCE])
  await repeat(em, DELETE_MEMBERS, [accountId, AT_ONCE, accountId, accountId, accountId])
  // What created the account names it as its target.
  await repeat(em, DELETE_COMMANDS, [accountId, accountId, erasure, AT_ONCE])
}

/** Empties an account's keys: until they are deleted, they say nothing but that they have ended. */
export async function scrubKeys(em: SqlEntityManager, accountId: string): Promise<void> {
  await repeat(
    em,
    `update api_key set status = 'deleted', name = '', hint = '', metadata = '{}', allowed_ips = '[]', permissions = '[]',
       created_by = '', revoked_reason = null, version = version + 1
     where id in (select id from api_key where account_id = ? and created_by <> '' limit ? for update) returning 1`,
    [accountId, AT_ONCE],
  )
}

/** The keys of an account by digest, page by page in the order of their IDs. */
export function readKeyPage(
  em: SqlEntityManager,
  accountId: string,
  after: string,
): Promise<{ id: string; digest: string }[]> {
  return em.execute('select id, digest from api_key where account_id = ? and id > ? order by id limit ?', [
    accountId,
    after,
    AT_ONCE,
  ])
}

/** Deletes the keys of an account, when every region has forgotten them. */
export async function eraseKeys(em: SqlEntityManager, accountId: string): Promise<void> {
  await repeat(em, deletion('api_key', { key: 'id', of: 'account' }), [accountId, AT_ONCE])
}

/** Deletes the account, after its keys. From here on its ID is one that never was. */
export async function eraseAccount(em: SqlEntityManager, accountId: string): Promise<void> {
  await em.execute('delete from account where id = ? returning 1', [accountId])
}

const deletion = (table: string, { key, of, but = 'false' }: ErasedTable) => {
  const all = of === 'account' ? 'account_id = ?' : 'key_id in (select id from api_key where account_id = ?)'
  const own = `${all} and not (${but})`
  return `delete from ${table} where (${key}) in (select ${key} from ${table} where ${own} limit ? for update) returning 1`
}

/** What pushed the account's events to the operators. */
const DELETE_PUSHES = `
delete from notification where id in (
  select id from notification where event_account_id = ? and not (${LAST_EVENT}) limit ? for update
) returning 1`

const MOVE_UNITS = `
with gone as (
  delete from usage_day where (key_id, at) in (select key_id, at from usage_day where account_id = ? limit ? for update)
  returning account_id, (at at time zone 'UTC')::date as day, units
), kept as (
  insert into erased_usage as present (account_id, day, units)
  select account_id, day, sum(units) from gone group by 1, 2 having sum(units) <> 0
  on conflict (account_id, day) do update set units = present.units + excluded.units
)
select 1 from gone`

const DELETE_MEMBERS = `
with gone as (
  delete from member where id in (select id from member where account_id = ? limit ? for update)
  returning id, person_id, email
), people as (
  delete from person where id in (select person_id from gone)
    and not exists (select from member m where m.person_id = person.id and m.account_id <> ?)
    and not exists (select from member m where m.person_id = person.id and m.account_id = ?
      and m.id not in (select id from gone))
  returning email
), resets as (
  delete from password_reset
  where lower(email) in (select lower(email) from people union select lower(email) from gone)
    and not exists (select from member m where lower(m.email) = lower(password_reset.email) and m.account_id <> ?)
)
select 1 from gone`

const DELETE_COMMANDS = `
delete from command where id in (
  select id from command where (account_id = ? or target_id = ?) and id <> ? limit ? for update
) returning 1`

/**
 * Runs a statement until no row is left. Its rows are selected `for update`: one that waits for another transaction
 * then passes over what that one has deleted, and still gets a whole batch. A batch that is not whole is the last one.
 */
async function repeat(em: SqlEntityManager, sql: string, params: unknown[]): Promise<void> {
  for (let rows = AT_ONCE; rows === AT_ONCE; ) rows = (await em.execute<unknown[]>(sql, params)).length
}
