import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { requireNotErasing } from '../erasure/erasing.ts'
import { Failure } from '../failure.ts'
import { pgArray } from '../sql.ts'
import { ROLES, type Role } from './Member.ts'

/** How long a link may be valid, in seconds. It is for a browser that is about to follow it. */
export const LINK_SECONDS = { min: 1, max: 600, fallback: 60 }

/** Links of one account that nobody has opened yet. */
export const MAX_OPEN_LINKS = 100

/** The page that opens a link. Browsers send what is behind `#` to nobody: no server's log has the token. */
export const sessionLinkUrl = (publicUrl: string, token: string) =>
  `${publicUrl.replace(/\/+$/, '')}/dashboard/session-link#${token}`

/** Any number that nobody else takes, beside the account: who creates a link takes it. */
const LINKS = 7_190_005

/** What a link says about whoever opens it. `madeBy`: an operator token's ID, or an operator's login name. */
export type GuestFacts = {
  accountId: string
  role: Role
  email: string | null
  returnUrl: string | null
  madeBy: string
}

type NewLink = GuestFacts & { digest: string; expiresAt: Date }

/**
 * Stores a link, in a transaction. A lower role than before ends what the same email address has in the account with a
 * higher one. Throws Failure `account-not-found`, `account-erasing`, or `rate-limit-exceeded` past the number of open
 * links.
 */
export async function createSessionLink(em: SqlEntityManager, link: NewLink, now: Date): Promise<void> {
  const { accountId, role, email, returnUrl, madeBy, digest, expiresAt } = link
  await em.execute('select pg_advisory_xact_lock(?, hashtext(?))', [LINKS, accountId])
  const accounts = await em.execute<unknown[]>('select 1 from account where id = ?', [accountId])
  if (accounts.length === 0)
    throw new Failure('account-not-found', { detail: 'There is no account with this ID.' })
  await requireNotErasing(em, accountId)
  await em.execute('delete from session_link where account_id = ? and expires_at <= ?', [accountId, now])
  if (email !== null) await endHigherRoles(em, accountId, email, role)
  const [open] = await em.execute<{ links: number; next: string | null }[]>(
    `select count(*)::int as links, min(expires_at) as next from session_link
     where account_id = ? and used_at is null`,
    [accountId],
  )
  if (open && open.links >= MAX_OPEN_LINKS) throw tooManyOpen(new Date(open.next ?? now), now)
  await em.execute(
    `insert into session_link (digest, account_id, role, email, return_url, made_by, created_at, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    [digest, accountId, role, email, returnUrl, madeBy, now, expiresAt],
  )
}

function tooManyOpen(next: Date, now: Date): Failure {
  return new Failure('rate-limit-exceeded', {
    detail: `This account has ${MAX_OPEN_LINKS} session links that nobody has opened. Wait until the first expires.`,
    retryAfter: Math.max(1, Math.ceil((next.getTime() - now.getTime()) / 1000)),
  })
}

async function endHigherRoles(
  em: SqlEntityManager,
  accountId: string,
  email: string,
  role: Role,
): Promise<void> {
  const higher = pgArray(ROLES.slice(0, ROLES.indexOf(role)))
  for (const table of ['session_link', 'guest_session'])
    await em.execute(
      `delete from ${table} where account_id = ? and lower(email) = lower(?) and role = any(?::text[])`,
      [accountId, email, higher],
    )
}

type Row = {
  account_id: string
  role: Role
  email: string | null
  return_url: string | null
  made_by: string
}

/**
 * Takes a link, at most once whoever asks at the same time. Undefined where there is none that is valid: it was taken
 * before or has expired, its account is being erased, or the operator token that made it has ended.
 */
export async function takeSessionLink(
  em: SqlEntityManager,
  digest: string,
  now: Date,
): Promise<GuestFacts | undefined> {
  const [row] = await em.execute<Row[]>(
    `update session_link link set used_at = ? from account
     where link.digest = ? and link.used_at is null and link.expires_at > ?
       and account.id = link.account_id and account.erasing_at is null and ${makerHolds('link.made_by')}
     returning link.account_id, link.role, link.email, link.return_url, link.made_by`,
    [now, digest, now, now],
  )
  if (!row) return undefined
  const { account_id: accountId, role, email, return_url: returnUrl, made_by: madeBy } = row
  return { accountId, role, email, returnUrl, madeBy }
}

/** Where a link that cannot be opened any more would have led back to. */
export async function findReturnUrl(em: SqlEntityManager, digest: string): Promise<string | null> {
  const sql = 'select return_url from session_link where digest = ?'
  const [row] = await em.execute<Pick<Row, 'return_url'>[]>(sql, [digest])
  return row?.return_url ?? null
}

/** SQL, with the time as its parameter: the operator token that made it, if it was one, has not ended. */
export const makerHolds = (madeBy: string) =>
  `not exists (select from operator_token where operator_token.id = ${madeBy}
     and (operator_token.revoked_at is not null or operator_token.expires_at <= ?))`
