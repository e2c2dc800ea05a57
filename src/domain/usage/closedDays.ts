import { hash } from 'node:crypto'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { listErased } from '../erasure/erasing.ts'
import { recordEvent } from '../events/recordEvent.ts'
import { DAY_MS, HOUR_MS } from '../time.ts'
import { totalOfMap } from './bucketColumns.ts'
import { type DayContent, type DayKey, dayContent } from './dayContent.ts'

/** How long after a UTC day's end it is closed: batches that waited in a queue are rolled up by then. */
export const GRACE_MS = HOUR_MS

/** Keys in one event: 200 of them are some 25 KB. */
export const KEYS_PER_EVENT = 200

/** The latest UTC day that is closed, such as `2026-11-27`. */
const lastClosedDay = (now: Date): string =>
  new Date(now.getTime() - GRACE_MS - DAY_MS).toISOString().slice(0, 10)

/**
 * Closed days that changed since they were last announced. A third announcement waits a minute after the second, each
 * further one twice as long, up to an hour: whoever reports a day's usage late and bit by bit fills no record with it.
 */
const DUE = `day <= ? and changed_at > closed_as_of and (closed_revision < 2 or closed_at is null
  or closed_at <= ?::timestamptz - interval '1 minute' * least(60, power(2, least(closed_revision - 2, 6))))`

/** Accounts with days to announce, those with the oldest first. */
export async function listAccountsToAnnounce(
  em: SqlEntityManager,
  now: Date,
  limit: number,
): Promise<string[]> {
  const rows = await em.execute<{ accountId: string }[]>(
    `select account_id as "accountId" from usage_accepted where ${DUE}
     group by account_id order by min(day), account_id limit ?`,
    [lastClosedDay(now), now, limit],
  )
  return rows.map(({ accountId }) => accountId)
}

/** An account's days to announce, oldest first. */
export async function listDaysToAnnounce(
  em: SqlEntityManager,
  accountId: string,
  now: Date,
): Promise<string[]> {
  const rows = await em.execute<{ day: string }[]>(
    `select day::text as day from usage_accepted where account_id = ? and ${DUE} order by usage_accepted.day`,
    [accountId, lastClosedDay(now), now],
  )
  return rows.map(({ day }) => day)
}

/** `changedAt`: the last change that it has, with microseconds; `revision`, `digest`: of the last announcement. */
type DayRead = { changedAt: string; revision: number; digest: string | null; content: DayContent }

type KeyRow = { [Field in keyof DayKey]: string | null }

/** What an account used on a UTC day, and what was announced of it, at one instant; undefined where it is gone. */
export async function readDay(
  em: SqlEntityManager,
  accountId: string,
  day: string,
): Promise<DayRead | undefined> {
  const rows = await em.execute<(Omit<DayRead, 'content'> & KeyRow)[]>(
    `select a.changed_at::text as "changedAt", a.closed_revision as revision, a.closed_digest as digest,
       u.key_id as "keyId", k.type, u.requests, u.refused, u.client_errors as "clientErrors",
       u.server_errors as "serverErrors", u.units
     from usage_accepted a left join (
       select key_id, requests, client_errors, server_errors, units, ${totalOfMap('refused')} as refused
       from usage_day where account_id = ? and at = ?
     ) as u on true left join api_key k on k.id = u.key_id
     where a.account_id = ? and a.day = ? order by u.key_id collate "C"`,
    [accountId, new Date(`${day}T00:00:00Z`), accountId, day],
  )
  const [first] = rows
  if (!first) return undefined
  const { changedAt, revision, digest } = first
  return { changedAt, revision, digest, content: dayContent(rows.flatMap(keyOf)) }
}

function keyOf({ keyId, type, ...counts }: KeyRow): DayKey[] {
  if (keyId === null) return []
  const [requests, refused, clientErrors, serverErrors, units] = [
    Number(counts.requests),
    Number(counts.refused),
    Number(counts.clientErrors),
    Number(counts.serverErrors),
    Number(counts.units),
  ]
  const errors = clientErrors + serverErrors
  return [
    { keyId, type: type as DayKey['type'], requests, refused, errors, clientErrors, serverErrors, units },
  ]
}

/**
 * Announces a day as it was read, in the transaction that remembers it. Does nothing if it was announced since it was
 * read, if there is nothing new in it, or if the account is being erased. Returns whether it was announced.
 */
export async function announceDay(
  em: SqlEntityManager,
  { accountId, day }: { accountId: string; day: string },
  { changedAt, revision: before, digest: announced, content }: DayRead,
  now: Date,
): Promise<boolean> {
  if ((await listErased(em, [accountId])).size > 0) return false
  const digest = hash('sha256', JSON.stringify(content.keys), 'base64url')
  const isNew = before === 0 ? content.keys.length > 0 : digest !== announced
  const revision = isNew ? before + 1 : before
  const noted = await em.execute<unknown[]>(
    `update usage_accepted set closed_as_of = ?::timestamptz, closed_revision = ?, closed_digest = ?,
       closed_at = coalesce(?, closed_at)
     where account_id = ? and day = ? and closed_revision = ? and closed_as_of < ?::timestamptz returning 1`,
    [
      ...[changedAt, revision, isNew ? digest : announced, isNew ? now : null],
      ...[accountId, day, before, changedAt],
    ],
  )
  if (noted.length === 0 || !isNew) return false
  const parts = Math.max(1, Math.ceil(content.keys.length / KEYS_PER_EVENT))
  for (let part = 1; part <= parts; part += 1) {
    const keys = content.keys.slice((part - 1) * KEYS_PER_EVENT, part * KEYS_PER_EVENT)
    const data = { day, revision, part, parts, totals: content.totals, keys }
    const by = { accountId, actor: { type: 'system', id: 'usage' } } as const
    recordEvent(em, by, { type: 'usage.day_closed', subject: accountId, at: now, data })
  }
  return true
}
