import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { executeBound } from '../sql.ts'
import type { JournalEntry, JournalKind } from './JournalEntry.ts'

/**
 * What is added to every version. A region or a verifier may still have the version after a key's present one, from
 * before the database was lost. The next change must not get that number: it would look like one that has arrived.
 */
const VERSIONS_LOST = 1_000_000

export type Recovered = {
  /** Entries that were added to the journal. */
  entries: number
  /** What was ended again: keys, accounts and service tokens that this database has, and that had not ended in it. */
  keysRevoked: number
  keysDeleted: number
  keysExpiring: number
  accountsSuspended: number
  accountsResumed: number
  serviceTokensRevoked: number
  /** Accounts that were erased, and are there again. They are suspended until they are erased again. */
  accountsToErase: string[]
}

/** Entries are missing between what the database has and the oldest that regions remember. */
export class JournalGap extends Error {
  constructor(has: number, oldest: number) {
    super(
      `This database has the changes up to number ${has}, and the regions remember those from number ${oldest} on: ` +
        `what ended between them is lost. Restore a newer backup, or say --accept-gap.`,
    )
    this.name = 'JournalGap'
  }
}

/** What is in the journals of the regions, and not in this database, in the order of the commits. */
async function listMissing(em: SqlEntityManager, entries: JournalEntry[]): Promise<JournalEntry[]> {
  const ids = await executeBound<{ id: string }>(
    em,
    `select id from jsonb_to_recordset($1::jsonb) as e (id uuid, sequence bigint), journal_head
     where e.sequence > forgotten and not exists (select from journal where journal.id = e.id)`,
    [JSON.stringify(entries.map(({ id, sequence }) => ({ id, sequence })))],
  )
  const missing = new Set(ids.map(({ id }) => id))
  return entries.filter(({ id }) => missing.delete(id)).sort((a, b) => a.sequence - b.sequence)
}

/**
 * Brings what ended back into a database that was restored from a backup, in one transaction: then it has all that the
 * regions have confirmed, and is believed again. Every region begins a new epoch, so that what it knew of changes that
 * are lost is read again. End their epochs before the commit (src/region/endEpoch.ts): a process may have read a state
 * before it, and asks only after it whether Postgres may be believed. Throws JournalGap, unless `acceptsGap`.
 */
export async function recover(
  em: SqlEntityManager,
  entries: JournalEntry[],
  { acceptsGap = false }: { acceptsGap?: boolean } = {},
): Promise<Recovered> {
  const [head] = await em.execute<[{ sequence: string }]>('select sequence from journal_head for update')
  const missing = await listMissing(em, entries)
  const [oldest] = missing
  const has = Number(head.sequence)
  if (oldest && oldest.sequence > has + 1 && !acceptsGap) throw new JournalGap(has, oldest.sequence)
  const recovered = await endAgain(em, missing)
  if (missing.length === 0) return recovered
  await insertMissing(em, missing)
  for (const table of ['api_key', 'account', 'key_region'])
    await em.execute(`update ${table} set version = version + ${VERSIONS_LOST}`)
  await em.execute('delete from region_epoch')
  const divided = shardsOf(missing)
  if (divided > 1) await em.execute('update layout set shards = greatest(shards, ?)', [divided])
  return recovered
}

/** How many shards regions have since the last of these entries that divided them; 1 where none did. */
export const shardsOf = (entries: JournalEntry[]): number =>
  Math.max(
    1,
    ...entries.filter(({ kind }) => kind === 'regions-divided').map(({ subject }) => Number(subject)),
  )

/** Entries that were written since, and that no region has confirmed, get the next sequences. */
async function insertMissing(em: SqlEntityManager, missing: JournalEntry[]): Promise<void> {
  const rows = JSON.stringify(missing)
  await executeBound(
    em,
    `with last as (
       select greatest(sequence, (select max(sequence) from jsonb_to_recordset($1::jsonb) as e (sequence bigint))) as sequence
       from journal_head
     ), moved as (
       delete from journal where sequence >= (select min(sequence) from jsonb_to_recordset($1::jsonb) as e (sequence bigint))
       returning *
     ), again as (
       insert into journal (sequence, id, command_id, kind, subject, until, at)
       select last.sequence + row_number() over (order by moved.sequence), id, command_id, kind, subject, until, at
       from moved, last returning sequence
     )
     update journal_head set sequence = greatest((select sequence from last), (select max(sequence) from again))`,
    [rows],
  )
  await executeBound(
    em,
    `insert into journal (sequence, id, command_id, kind, subject, until, at)
     select sequence, id, 'recovered', kind, subject, until, to_timestamp(at / 1000.0)
     from jsonb_to_recordset($1::jsonb)
       as e (sequence bigint, id uuid, kind text, subject text, until timestamptz, at bigint)`,
    [rows],
  )
}

/** Whether the last entry about the same subject counts, and not each of them. */
const isReplaced = (kind: JournalKind) => kind === 'key-expires' || kind.startsWith('account')

/** Ends what the entries name. */
async function endAgain(em: SqlEntityManager, missing: JournalEntry[]): Promise<Recovered> {
  const last = new Map<string, JournalEntry>()
  for (const entry of missing) if (isReplaced(entry.kind)) last.set(entry.subject, entry)
  const of = (kind: JournalKind) =>
    JSON.stringify(
      missing.filter((one) => one.kind === kind && (!isReplaced(kind) || last.get(one.subject) === one)),
    )
  const update = async (kind: JournalKind, sql: string) => {
    const rows = await executeBound<{ id: string }>(
      em,
      `with ended as (
         select subject, until, to_timestamp(at / 1000.0) as at
         from jsonb_to_recordset($1::jsonb) as e (subject text, until timestamptz, at bigint)
       ) ${sql} returning t.id`,
      [of(kind)],
    )
    return rows.map(({ id }) => id)
  }
  const suspend = `update account t set suspended_at = at from ended where t.id = subject and suspended_at is null`
  const revoked = await update(
    'key-revoked',
    `update api_key t set status = 'revoked', revoked_at = at from ended where t.id = subject and status = 'active'`,
  )
  const deleted = await update(
    'key-deleted',
    `update api_key t set status = 'deleted', revoked_at = coalesce(revoked_at, at) from ended
     where t.id = subject and status <> 'deleted'`,
  )
  const expiring = await update(
    'key-expires',
    `update api_key t set expires_at = until from ended
     where t.id = subject and expires_at is distinct from until`,
  )
  const suspended = await update('account-suspended', suspend)
  const resumed = await update(
    'account-resumed',
    `update account t set suspended_at = null, suspended_reason = null from ended
     where t.id = subject and suspended_at is not null`,
  )
  const erased = await update(
    'account-erased',
    suspend.replace('and suspended_at is null', 'and erasing_at is null'),
  )
  const tokens = await update(
    'service-token-revoked',
    `update service_token t set revoked_at = at from ended where t.id = subject and revoked_at is null`,
  )
  return {
    entries: missing.length,
    keysRevoked: revoked.length,
    keysDeleted: deleted.length,
    keysExpiring: expiring.length,
    accountsSuspended: suspended.length,
    accountsResumed: resumed.length,
    serviceTokensRevoked: tokens.length,
    accountsToErase: erased,
  }
}
