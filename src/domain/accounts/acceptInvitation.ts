import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { newId } from '../ids.ts'
import { AccountSchema } from './Account.ts'
import { requireStillActive } from './accountStatus.ts'
import { endInvitation } from './invitationStore.ts'
import { findPerson } from './logins.ts'
import { type Member, MemberSchema } from './Member.ts'
import type { Person } from './Person.ts'

/** What a link stands for. `person`: whoever has this address already. */
export type OpenedInvitation = { member: Member; accountName: string; endsAt: Date; person: Person | null }

export const invitationGone = () =>
  new Failure('invitation-not-found', {
    detail: 'This link is no longer valid. Ask whoever invited you for another one.',
  })

/** Throws `invitation-not-found` where the link was used, replaced, is over, or its member was removed. */
export async function openInvitation(
  em: SqlEntityManager,
  digest: string,
  now: Date,
): Promise<OpenedInvitation> {
  const [row] = await em.execute<{ member_id: string; ends_at: Date | string }[]>(
    'select member_id, ends_at from invitation where digest = ? and ends_at > ?',
    [digest, now],
  )
  const member = row && (await em.findOne(MemberSchema, { id: row.member_id, status: 'invited' }))
  if (!member) throw invitationGone()
  const account = await em.findOneOrFail(AccountSchema, { id: member.accountId })
  const person = await findPerson(em, member.email)
  return { member, accountName: account.name, endsAt: new Date(row.ends_at), person }
}

/**
 * Makes the invited member one of this person's, in a transaction: of the person who has proved their password, or of
 * a new one with this hash. The link ends with it. The role is the one that the member has by now. Throws Failure
 * `invitation-not-found` or `account-suspended`.
 */
export async function acceptInvitation(
  em: SqlEntityManager,
  digest: string,
  who: { personId?: string; passwordHash: string },
  now: Date,
): Promise<Member> {
  // The member first: a removal locks them in that order, too.
  const [locked] = await em.execute<{ id: string }[]>(
    `select id from member where id = (select member_id from invitation where digest = ?) and status = 'invited'
     for update`,
    [digest],
  )
  const [valid] = await em.execute<unknown[]>(
    'select 1 from invitation where digest = ? and member_id = ? and ends_at > ? for update',
    [digest, locked?.id ?? '', now],
  )
  if (!locked || !valid) throw invitationGone()
  const member = await em.findOneOrFail(MemberSchema, { id: locked.id }, { refresh: true })
  member.personId = who.personId ?? (await createPerson(em, member.email, who.passwordHash, now))
  member.status = 'active'
  await em.flush()
  await endInvitation(em, member.id)
  await requireStillActive(em, member.accountId)
  return member
}

/**
 * Another invitation that was accepted at the same moment may have made the person: then this link asks for the
 * password.
 */
async function createPerson(
  em: SqlEntityManager,
  email: string,
  passwordHash: string,
  now: Date,
): Promise<string> {
  const id = newId('person')
  const rows = await em.execute<unknown[]>(
    `insert into person (id, email, password_hash, created_at) values (?, ?, ?, ?)
     on conflict ((lower(email))) do nothing returning 1`,
    [id, email, passwordHash, now],
  )
  if (rows.length === 1) return id
  throw new Failure('validation-error', {
    detail: 'password: this address has a password by now. Open the link again.',
    errors: [{ field: 'password', message: 'this address has a password by now', code: 'invalid_format' }],
  })
}
