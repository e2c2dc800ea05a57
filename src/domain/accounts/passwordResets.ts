import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { newId } from '../ids.ts'
import { DAY_MS, HOUR_MS } from '../time.ts'
import { HAS_EMAIL } from './accountStore.ts'

/** Longer than an attempt may take: after it, whoever had leased the email is dead. */
const LEASE_MS = 45_000

/** Emails with such a link to one address in a day: anybody can ask for them. */
const PER_DAY = 10

/**
 * Writes a link for an address that signs in somewhere. The previous link ends. Returns the ID for the job; undefined
 * where nobody signs in with it, or it has got enough.
 */
export async function requestReset(
  em: SqlEntityManager,
  email: string,
  now: Date,
): Promise<string | undefined> {
  const [row] = await em.execute<{ id: string }[]>(
    `insert into password_reset (id, email, ends_at, counted_since)
     select ?, m.email, ?, ? from member m where ${HAS_EMAIL} and m.status = 'active' limit 1
     on conflict ((lower(email))) do update set digest = null, ends_at = excluded.ends_at, leased_until = null, sent_at = null,
       requests = case when password_reset.counted_since < ? then 1 else password_reset.requests + 1 end,
       counted_since = case when password_reset.counted_since < ? then excluded.counted_since
         else password_reset.counted_since end
     where password_reset.requests < ? or password_reset.counted_since < ?
     returning id`,
    [
      newId('passwordReset'),
      new Date(now.getTime() + HOUR_MS),
      now,
      email,
      ...dayAgo(now, 2),
      PER_DAY,
      ...dayAgo(now),
    ],
  )
  return row?.id
}

/**
 * Writes a link that the command line shows, for an address that signs in somewhere. The previous link ends, and an
 * email that waits is not sent. Returns when it ends.
 */
export async function writeResetLink(
  em: SqlEntityManager,
  email: string,
  digest: string,
  now: Date,
): Promise<Date> {
  const endsAt = new Date(now.getTime() + HOUR_MS)
  await em.execute(
    `insert into password_reset (id, email, digest, ends_at, sent_at, requests, counted_since) values (?, ?, ?, ?, ?, 0, ?)
     on conflict ((lower(email))) do update set digest = excluded.digest, ends_at = excluded.ends_at, leased_until = null,
       sent_at = excluded.sent_at`,
    [newId('passwordReset'), email, digest, endsAt, now, now],
  )
  return endsAt
}

const dayAgo = (now: Date, times = 1) => Array(times).fill(new Date(now.getTime() - DAY_MS))

/** Claims a reset's email for one attempt, and stores the digest of its link. Throws while another worker is at it. */
export async function leaseReset(
  em: SqlEntityManager,
  id: string,
  digest: string,
  now: Date,
): Promise<{ to: string } | undefined> {
  const [row] = await em.execute<{ email: string; leased_until: Date | string | null }[]>(
    'select email, leased_until from password_reset where id = ? and sent_at is null and ends_at > ? for update',
    [id, now],
  )
  if (!row) return undefined
  if (row.leased_until && new Date(row.leased_until) > now) throw new Error('another worker sends it')
  const leasedUntil = new Date(now.getTime() + LEASE_MS)
  await em.execute('update password_reset set digest = ?, leased_until = ? where id = ?', [
    digest,
    leasedUntil,
    id,
  ])
  return { to: row.email }
}

/** Writes what came of an attempt, unless a newer request has taken its place. */
export async function recordReset(em: SqlEntityManager, digest: string, sentAt: Date | null): Promise<void> {
  await em.execute('update password_reset set leased_until = null, sent_at = ? where digest = ?', [
    sentAt,
    digest,
  ])
}

/** Whoever was removed since, or whose account was erased, must not come back as a person. */
const SIGNS_IN = `exists (select from member m join account a on a.id = m.account_id
  where lower(m.email) = lower(password_reset.email) and m.status = 'active' and a.erasing_at is null)`

/** The address of a link that is valid. Throws `password-reset-not-found`. */
export async function openReset(em: SqlEntityManager, digest: string, now: Date): Promise<string> {
  return emailOf(
    await em.execute<{ email: string }[]>(
      `select email from password_reset where digest = ? and ends_at > ? and ${SIGNS_IN}`,
      [digest, now],
    ),
  )
}

/** The same, and the link ends: of two who use it at once one does. In the transaction of the change. */
export async function useReset(em: SqlEntityManager, digest: string, now: Date): Promise<string> {
  return emailOf(
    await em.execute<{ email: string }[]>(
      `update password_reset set digest = null where digest = ? and ends_at > ? and ${SIGNS_IN} returning email`,
      [digest, now],
    ),
  )
}

function emailOf([row]: { email: string }[]): string {
  if (row) return row.email
  throw resetGone()
}

export const resetGone = () =>
  new Failure('password-reset-not-found', { detail: 'This link is no longer valid. Ask for another one.' })
