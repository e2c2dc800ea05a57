import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { type Account, AccountSchema } from './Account.ts'
import { type Member, MemberSchema } from './Member.ts'

/** The account, its row locked until the transaction ends: changes that count against its plan run one at a time. */
export async function lockAccount(
  em: SqlEntityManager,
  accountId: string | null | undefined,
): Promise<Account> {
  const account = await em.findOne(
    AccountSchema,
    { id: accountId ?? '' },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  )
  if (!account) throw new Failure('account-not-found', { detail: 'There is no account with this ID.' })
  return account
}

/** The member, if they are of this account. */
export async function loadMember(em: SqlEntityManager, accountId: string, memberId: string): Promise<Member> {
  const member = await em.findOne(MemberSchema, { id: memberId, accountId })
  if (!member) throw new Failure('member-not-found', { detail: 'There is no member with this ID.' })
  return member
}

/** As the index `member_email` has it: `ilike` would read every member. */
export const HAS_EMAIL = 'lower(email) = lower(?)'

/** The member with this email address, whatever its case. */
export function findMemberByEmail(em: SqlEntityManager, email: string): Promise<Member | null> {
  return em.createQueryBuilder(MemberSchema).where(HAS_EMAIL, [email]).getSingleResult()
}

/** Emails are unique over all accounts, whatever their case. */
export async function requireFreeEmail(em: SqlEntityManager, email: string): Promise<void> {
  const rows = await em.execute('select 1 from member where lower(email) = lower(?)', [email])
  if (rows.length > 0)
    throw new Failure('email-taken', { detail: 'A member with this email address exists.' })
}

/** Members of an account: `GET /members` lists them all. */
export const MAX_MEMBERS = 1_000

/** Refuses one member more than an account may have. Lock the account first. */
export async function requireMemberRoom(em: SqlEntityManager, accountId: string): Promise<void> {
  if ((await em.count(MemberSchema, { accountId })) < MAX_MEMBERS) return
  throw new Failure('member-limit-reached', {
    detail: `An account has at most ${MAX_MEMBERS} members. Remove one first.`,
    limit: MAX_MEMBERS,
  })
}

/** An account keeps at least one admin. Lock the account first. */
export async function requireOtherAdmin(em: SqlEntityManager, member: Member): Promise<void> {
  if (member.role !== 'admin') return
  const others = await em.count(MemberSchema, {
    accountId: member.accountId,
    role: 'admin',
    id: { $ne: member.id },
  })
  if (others === 0) throw new Failure('last-admin', { detail: 'An account must keep at least one admin.' })
}
