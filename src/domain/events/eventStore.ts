import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { pgArray } from '../sql.ts'
import type { EventType } from './eventTypes.ts'
import type { EventRow } from './presentEvent.ts'

/** Positions that one read looks at: a rare type costs no more than a frequent one. */
const MOST_LOOKED_AT = 50_000

/** Rows that one statement deletes. */
export const EXPIRED_EVENTS_AT_ONCE = 5_000

export type EventQuery = {
  /** A position, or the ID of an event; undefined: from the oldest that is kept. */
  after?: string | undefined
  types?: EventType[] | undefined
  accountId?: string | undefined
  limit: number
  /**
   * For a push: it begins at the oldest event that is kept where `after` is older, and no event is deleted until the
   * transaction ends.
   */
  hold?: boolean
}

const COLUMNS = 'position, id, account_id, sequence, type, subject, at, data'

const expired = (detail: string) => new Failure('cursor-expired', { detail })

/**
 * Events after a position, in order, and the position from which the next read continues. A page can be shorter than
 * its limit before the end; at the end the next position stays the same. Throws `cursor-expired` where events after
 * the position are no longer kept, or the position is none of this database's.
 */
export async function readEvents(
  em: SqlEntityManager,
  { after: given, types, accountId, limit, hold = false }: EventQuery,
): Promise<{ events: EventRow[]; next: string }> {
  // First: what is at or below the head has committed.
  const [head] = await em.execute<{ position: string; expired: string }[]>(
    'select position, expired from lifecycle_event_head',
  )
  const newest = BigInt(head?.position ?? 0)
  const oldest = BigInt(head?.expired ?? 0)
  const isPast = hold && BigInt(given ?? 0) < oldest
  const after = given === undefined || isPast ? oldest : await positionOf(em, given, oldest)
  if (after > newest)
    throw expired('This cursor is of a later state of the database. Read from the start, without `after`.')
  const most = accountId === undefined ? after + BigInt(MOST_LOOKED_AT) : newest
  const until = most < newest ? most : newest
  const events = await em.execute<EventRow[]>(
    `select ${COLUMNS} from lifecycle_event
     where position > ? and position <= ? and (?::text is null or account_id = ?) and (?::text[] is null or type = any(?::text[]))
     order by position limit ? ${hold ? 'for key share' : ''}`,
    [
      String(after),
      String(until),
      accountId ?? null,
      accountId ?? null,
      ...Array(2).fill(types === undefined ? null : pgArray(types)),
      limit,
    ],
  )
  const last = events.length === limit ? events.at(-1)?.position : undefined
  return { events, next: last ?? String(until) }
}

/** The latest events of an account, newest first. */
export const readLatestEvents = (
  em: SqlEntityManager,
  accountId: string,
  limit: number,
): Promise<EventRow[]> =>
  em.execute(
    `select ${COLUMNS} from lifecycle_event
     where account_id = ? order by position desc limit ?`,
    [accountId, limit],
  )

/** The event, while it is kept. */
export async function findEvent(em: SqlEntityManager, id: string): Promise<EventRow | undefined> {
  const [row] = await em.execute<EventRow[]>(`select ${COLUMNS} from lifecycle_event where id = ?`, [id])
  return row
}

/** The position of the latest event. */
export const readHead = (em: SqlEntityManager): Promise<string> => positionOfLatest(em, 0)

/** The position before the latest `count` events. */
export async function positionOfLatest(em: SqlEntityManager, count: number): Promise<string> {
  const [row] = await em.execute<{ position: string }[]>(
    'select greatest(position - ?, expired, 0) as position from lifecycle_event_head',
    [count],
  )
  return row?.position ?? '0'
}

async function positionOf(em: SqlEntityManager, cursor: string, oldest: bigint): Promise<bigint> {
  const gone = () =>
    expired('Events after this cursor are no longer kept. Read from the oldest one, without `after`.')
  if (!cursor.startsWith('evt_')) {
    const position = BigInt(cursor)
    if (position !== 0n && position < oldest) throw gone()
    return position < oldest ? oldest : position
  }
  const [row] = await em.execute<{ position: string }[]>(
    'select position from lifecycle_event where id = ?',
    [cursor],
  )
  if (!row) throw gone()
  return BigInt(row.position)
}

/** Deletes events that were recorded before an instant, oldest first, in statements that each commit by themselves. */
export async function expireEvents(em: SqlEntityManager, before: Date): Promise<void> {
  for (let deleted = EXPIRED_EVENTS_AT_ONCE; deleted === EXPIRED_EVENTS_AT_ONCE; ) {
    const [row] = await em.execute<{ count: number }[]>(
      `with oldest as (select position, created_at from lifecycle_event order by position limit ?),
       gone as (delete from lifecycle_event where position in (select position from oldest where created_at < ?) returning position),
       noted as (update lifecycle_event_head set expired = (select max(position) from gone) where exists (select from gone))
       select count(*)::int as count from gone`,
      [EXPIRED_EVENTS_AT_ONCE, before],
    )
    deleted = row?.count ?? 0
  }
}
