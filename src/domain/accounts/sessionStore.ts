import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Login } from './logins.ts'
import { type Member, MemberSchema } from './Member.ts'
import type { Session } from './Session.ts'

/**
 * Stores a session, unless the login's password is no longer the one whose hash this is; returns whether it did. The
 * lock lets it wait for a change that is under way, and a change wait for it: whoever changes a password locks the
 * member or the person first and then deletes the sessions, so none of the old password is left.
 */
export async function insertSession(
  em: SqlEntityManager,
  { digest, createdAt, expiresAt }: Omit<Session, 'memberId'>,
  { member, passwordHash }: Login,
): Promise<boolean> {
  const opened = member.personId
    ? 'from member m join person p on p.id = m.person_id where p.password_hash = ?'
    : 'from member m where m.person_id is null and m.password_hash = ?'
  const rows = await em.execute<unknown[]>(
    `insert into session (digest, member_id, created_at, expires_at)
     select ?, m.id, ?, ? ${opened} and m.id = ? and m.status = 'active' for share
     returning 1`,
    [digest, createdAt, expiresAt, passwordHash, member.id],
  )
  return rows.length === 1
}

/**
 * Makes a session one of the same person's in another account, under another digest; it ends when it would have ended.
 * Undefined where they are no member there. A change of the password meanwhile deletes it as any other.
 */
export async function moveSession(
  em: SqlEntityManager,
  { digest, next, accountId, now }: { digest: string; next: string; accountId: string; now: Date },
): Promise<{ member: Member; expiresAt: Date } | undefined> {
  const [target] = await em.execute<{ id: string }[]>(
    `select m.id from session s join member old on old.id = s.member_id
     join member m on m.person_id = old.person_id and m.status = 'active'
     where s.digest = ? and s.expires_at > ? and m.account_id = ? for share of m`,
    [digest, now, accountId],
  )
  if (!target) return undefined
  const [moved] = await em.execute<{ expires_at: Date | string }[]>(
    'update session set digest = ?, member_id = ? where digest = ? returning expires_at',
    [next, target.id, digest],
  )
  if (!moved) return undefined
  const member = await em.findOneOrFail(MemberSchema, { id: target.id })
  return { member, expiresAt: new Date(moved.expires_at) }
}

/** Deletes a session. Returns whose it was; null where there was none. */
export async function deleteSession(em: SqlEntityManager, digest: string): Promise<Member | null> {
  const [row] = await em.execute<{ member_id: string }[]>(
    'delete from session where digest = ? returning member_id',
    [digest],
  )
  return row ? em.findOne(MemberSchema, { id: row.member_id }) : null
}
