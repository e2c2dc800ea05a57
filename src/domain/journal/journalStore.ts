import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Ended, JournalEntry, JournalHead, JournalKind } from './JournalEntry.ts'

type Row = {
  sequence: string
  id: string
  kind: JournalKind
  subject: string
  until: string | null
  ms: string
}

const COLUMNS = `sequence, id, kind, subject,
  to_char(until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until,
  floor(extract(epoch from at) * 1000) as ms`

const entryOf = ({ sequence, ms, ...row }: Row): JournalEntry => ({
  sequence: Number(sequence),
  ...row,
  at: Number(ms),
})

/**
 * Appends what a command ended, as the last statement of its transaction: from here to the commit no other command can
 * append, so that a database that has an entry has all before it.
 */
export async function appendToJournal(
  em: SqlEntityManager,
  commandId: string,
  { kind, subject, until = null }: Ended,
): Promise<JournalEntry> {
  const [row] = await em.execute<[Row]>(
    `with head as (update journal_head set sequence = sequence + 1 returning sequence)
     insert into journal (sequence, command_id, kind, subject, until)
     select sequence, ?, ?, ?, ?::timestamptz from head returning ${COLUMNS}`,
    [commandId, kind, subject, until],
  )
  return entryOf(row)
}

/** The last entry about this subject, if it says the same; undefined: it has to be appended. */
export async function findInJournal(
  em: SqlEntityManager,
  { kind, subject }: Ended,
): Promise<JournalEntry | undefined> {
  const [row] = await em.execute<Row[]>(
    `select ${COLUMNS} from journal where subject = ? order by sequence desc limit 1`,
    [subject],
  )
  return row?.kind === kind ? entryOf(row) : undefined
}

/** What a command has ended, or ends again; as a rule one entry or none. */
export async function readJournalOf(em: SqlEntityManager, commandId: string): Promise<JournalEntry[]> {
  const rows = await em.execute<Row[]>(
    `select ${COLUMNS} from journal
     where command_id = ? or id = (select (propagate ->> 'repeats')::uuid from command where id = ?)
     order by sequence`,
    [commandId, commandId],
  )
  return rows.map(entryOf)
}

/**
 * Whether this database has the entry, or had it before it forgot that time. By its ID: an entry that no region had
 * confirmed when others came back before it has another sequence since.
 */
export async function holdsEntry(em: SqlEntityManager, { sequence, id }: JournalHead): Promise<boolean> {
  const [row] = await em.execute<{ holds: boolean }[]>(
    `select forgotten >= ? or exists (select from journal where id = ?) as holds from journal_head`,
    [sequence, id],
  )
  return row?.holds === true
}

/** Deletes entries from before that time, and notes how far they went. */
export async function forgetJournal(em: SqlEntityManager, before: Date): Promise<void> {
  await em.execute(
    `with gone as (delete from journal where at < ? returning sequence)
     update journal_head set forgotten = greatest(forgotten, (select max(sequence) from gone))`,
    [before],
  )
}
