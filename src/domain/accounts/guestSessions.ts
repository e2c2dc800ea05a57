import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Actor } from '../commands/Command.ts'
import { newId } from '../ids.ts'
import { HOUR_MS } from '../time.ts'
import type { Role } from './Member.ts'
import { type GuestFacts, makerHolds } from './sessionLinks.ts'

/** Shorter than a member's: whoever needs longer opens another link. */
export const GUEST_MS = 4 * HOUR_MS

/** Somebody whom a session link has signed in: no member, and nobody with a password. */
export type Guest = GuestFacts & { id: string; expiresAt: Date }

/** Starts a guest's session, which ends no later than the operator token that made the link. */
export async function insertGuest(
  em: SqlEntityManager,
  digest: string,
  facts: GuestFacts,
  now: Date,
): Promise<Guest> {
  const id = newId('guest')
  const { accountId, role, email, returnUrl, madeBy } = facts
  const [row] = await em.execute<{ expires_at: string | Date }[]>(
    `insert into guest_session (id, digest, account_id, role, email, return_url, made_by, created_at, expires_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, least(?, (select expires_at from operator_token where id = ?)))
     returning expires_at`,
    [
      ...[id, digest, accountId, role, email, returnUrl, madeBy, now],
      ...[new Date(now.getTime() + GUEST_MS), madeBy],
    ],
  )
  return { ...facts, id, expiresAt: new Date(row?.expires_at ?? now) }
}

type Row = {
  id: string
  account_id: string
  role: Role
  email: string | null
  return_url: string | null
  made_by: string
  expires_at: string | Date
}

const COLUMNS = 'g.id, g.account_id, g.role, g.email, g.return_url, g.made_by, g.expires_at'

const guestOf = ({ account_id, return_url, made_by, expires_at, ...row }: Row): Guest => ({
  ...row,
  accountId: account_id,
  returnUrl: return_url,
  madeBy: made_by,
  expiresAt: new Date(expires_at),
})

/**
 * The guest of a session. Undefined where it has ended: by its time, with the operator token that made its link, or
 * because the account is being erased.
 */
export async function findGuest(em: SqlEntityManager, digest: string, now: Date): Promise<Guest | undefined> {
  const [row] = await em.execute<Row[]>(
    `select ${COLUMNS} from guest_session g join account a on a.id = g.account_id
     where g.digest = ? and g.expires_at > ? and a.erasing_at is null and ${makerHolds('g.made_by')}`,
    [digest, now, now],
  )
  return row && guestOf(row)
}

/** Deletes a guest's session. Returns whose it was. */
export async function deleteGuest(em: SqlEntityManager, digest: string): Promise<Guest | undefined> {
  const sql = `delete from guest_session g where g.digest = ? returning ${COLUMNS}`
  const [row] = await em.execute<Row[]>(sql, [digest])
  return row && guestOf(row)
}

/**
 * The role of a guest whose session has not ended. With `for share`, neither the session nor the operator token behind
 * it ends before the transaction does.
 */
export async function readGuestRole(
  em: SqlEntityManager,
  { id, accountId }: { id: string; accountId: string | null | undefined },
  now: Date,
  lock: '' | 'for share',
): Promise<Role | undefined> {
  const [guest] = await em.execute<{ role: Role; made_by: string }[]>(
    `select role, made_by from guest_session where id = ? and account_id = ? and expires_at > ? ${lock}`,
    [id, accountId ?? null, now],
  )
  if (!guest) return undefined
  const [maker] = await em.execute<{ holds: boolean }[]>(
    `select revoked_at is null and (expires_at is null or expires_at > ?) as holds
     from operator_token where id = ? ${lock}`,
    [now, guest.made_by],
  )
  return maker && !maker.holds ? undefined : guest.role
}

/** The role that a guest's session was started with. */
export async function findGuestRole(
  em: SqlEntityManager,
  id: string,
  accountId: string | null | undefined,
): Promise<Role | undefined> {
  const sql = 'select role from guest_session where id = ? and account_id = ?'
  const [row] = await em.execute<{ role: Role }[]>(sql, [id, accountId ?? null])
  return row?.role
}

/** A guest as the audit log has them: who they are said to be, and who said so. */
export const actorOfGuest = ({ id, madeBy, email }: Pick<Guest, 'id' | 'madeBy' | 'email'>): Actor => ({
  type: 'guest',
  id,
  madeBy,
  ...(email === null ? {} : { email }),
})
