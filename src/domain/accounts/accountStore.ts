import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { type Account, AccountSchema } from './Account.ts'
import { type Member, MemberSchema } from './Member.ts'

/**
 * The account, its row locked until the transaction ends: changes that count against its plan run one at a time. Take
 * this lock before others. Rows of the account may be added meanwhile: `for update` would keep those who hold a channel
 * from adding a message, while whoever holds the account waits for the channel.
 */
export async function lockAccount(em: SqlEntityManager, accountId: string): Promise<Account> {
  const [row] = await em.execute<object[]>('select * from account where id = ? for no key update', [
    accountId,
  ])
  if (!row) throw new Failure('account-not-found', { detail: 'There is no account with this ID.' })
  return em.map(AccountSchema, row)
}

/** The member, if they are of this account. */
export async function loadMember(em: SqlEntityManager, accountId: string, memberId: string): Promise<Member> {
  const member = await em.findOne(MemberSchema, { id: memberId, accountId })
  if (!member) throw new Failure('member-not-found', { detail: 'There is no member with this ID.' })
  return member
}

/** As the indexes `member_by_email` and `person_email` have it: `ilike` would read every row. */
export const HAS_EMAIL = 'lower(email) = lower(?)'

/**
 * Emails are unique in their account, whatever their case. Nothing is said of other accounts. Lock the account first.
 */
export async function requireFreeEmail(
  em: SqlEntityManager,
  accountId: string,
  email: string,
): Promise<void> {
  const rows = await em.execute(`select 1 from member where account_id = ? and ${HAS_EMAIL}`, [
    accountId,
    email,
  ])
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
  if (member.role !== 'admin' || member.status !== 'active') return
  const others = await em.count(MemberSchema, {
    accountId: member.accountId,
    role: 'admin',
    status: 'active',
    id: { $ne: member.id },
  })
  if (others === 0) throw new Failure('last-admin', { detail: 'An account must keep at least one admin.' })
}

/** A password that opens other accounts, too, is nobody's to set but the person's. */
export const passwordIsPersonal = () =>
  new Failure('password-is-personal', {
    detail: 'This member chose their password, and only they can change it. Remove them to keep them out.',
  })
