import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type Member, MemberSchema } from './Member.ts'
import type { Session } from './Session.ts'

/**
 * Stores a session, unless the member's password is no longer the one whose hash this is; returns whether it did. The lock lets it
 * wait for a change that is under way, and a change wait for it: whoever changes a password locks the member first and
 * then deletes the sessions, so none of the old password is left.
 */
export async function insertSession(
  em: SqlEntityManager,
  session: Session,
  passwordHash: string,
): Promise<boolean> {
  const { digest, memberId, createdAt, expiresAt } = session
  const rows = await em.execute<unknown[]>(
    `insert into session (digest, member_id, created_at, expires_at)
     select ?, id, ?, ? from member where id = ? and password_hash = ? for share
     returning 1`,
    [digest, createdAt, expiresAt, memberId, passwordHash],
  )
  return rows.length === 1
}

/** Deletes a session. Returns whose it was; null where there was none. */
export async function deleteSession(em: SqlEntityManager, digest: string): Promise<Member | null> {
  const [row] = await em.execute<{ member_id: string }[]>(
    'delete from session where digest = ? returning member_id',
    [digest],
  )
  return row ? em.findOne(MemberSchema, { id: row.member_id }) : null
}
