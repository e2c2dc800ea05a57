import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { HAS_EMAIL } from './accountStore.ts'
import { type Member, MemberSchema, type Role } from './Member.ts'
import { type Person, PersonSchema } from './Person.ts'

/** A way in: a member, and the hash of the password that opens their account. */
export type Login = { member: Member; passwordHash: string }

/** More than anybody has; an address that is a member of more accounts signs in to the first ones. */
const MANY = 1_000

/** As many queries for an address that nobody has as for any other. */
export async function findLogins(em: SqlEntityManager, email: string): Promise<Login[]> {
  const person = await findPerson(em, email)
  const members = await em
    .createQueryBuilder(MemberSchema)
    .where(HAS_EMAIL, [email])
    .andWhere({ status: 'active' })
    // Nobody comes into an account that is being erased.
    .andWhere('account_id in (select id from account where erasing_at is null)')
    .orderBy({ personId: 'asc nulls last', createdAt: 'asc' })
    .limit(MANY)
    .getResultList()
  return members.flatMap((member) => {
    if (!member.personId) return [{ member, passwordHash: member.passwordHash }]
    return person?.id === member.personId ? [{ member, passwordHash: person.passwordHash }] : []
  })
}

/** The person with this email address, whatever its case. */
export function findPerson(em: SqlEntityManager, email: string): Promise<Person | null> {
  return em.createQueryBuilder(PersonSchema).where(HAS_EMAIL, [email]).getSingleResult()
}

/** The hash of the password with which this member signs in. */
export async function loginOf(em: SqlEntityManager, member: Member): Promise<Login> {
  if (!member.personId) return { member, passwordHash: member.passwordHash }
  const person = await em.findOneOrFail(PersonSchema, { id: member.personId })
  return { member, passwordHash: person.passwordHash }
}

/** Any hash of a password of this address: the others share its salt. */
export async function anyPasswordHash(em: SqlEntityManager, email: string): Promise<string | undefined> {
  const [row] = await em.execute<{ hash: string }[]>(
    `select password_hash as hash from person where ${HAS_EMAIL}
     union all select password_hash from member
     where ${HAS_EMAIL} and person_id is null and status = 'active' limit 1`,
    [email, email],
  )
  return row?.hash
}

/** An account that somebody can work in, and as what. */
export type AccountChoice = { accountId: string; name: string; role: Role }

/** The accounts of these members. */
export function accountsOf(em: SqlEntityManager, memberIds: string[]): Promise<AccountChoice[]> {
  return em.execute<AccountChoice[]>(
    `select a.id as "accountId", a.name, m.role from member m join account a on a.id = m.account_id
     where m.id in (select jsonb_array_elements_text(?::jsonb)) order by a.name, a.id`,
    [JSON.stringify(memberIds)],
  )
}

/** The accounts between which a signed-in member can switch: those in which the same person is a member. */
export async function siblingAccounts(em: SqlEntityManager, member: Member): Promise<AccountChoice[]> {
  const siblings = member.personId
    ? await em.find(MemberSchema, { personId: member.personId, status: 'active' }, { fields: ['id'] })
    : [member]
  return accountsOf(
    em,
    siblings.map(({ id }) => id),
  )
}
