import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { newId } from '../ids.ts'
import { HAS_EMAIL } from './accountStore.ts'
import { type Member, MemberSchema } from './Member.ts'

/**
 * Gives a person another password and ends all of their sessions. Returns where they are a member. First the rows
 * that a sign-in by the old password locks, in its order, then the sessions: none is left (see insertSession).
 */
export async function setPersonPassword(
  em: SqlEntityManager,
  personId: string,
  passwordHash: string,
): Promise<Member[]> {
  await em.execute('select 1 from member where person_id = ? order by id for no key update', [personId])
  await em.execute('update person set password_hash = ? where id = ?', [passwordHash, personId])
  await em.execute('delete from session where member_id in (select id from member where person_id = ?)', [
    personId,
  ])
  return em.find(MemberSchema, { personId })
}

/**
 * Makes everybody who signs in with this address one person with this password, and ends their sessions. Only for who
 * has read an email to the address: passwords that accounts have set for it end (`unusable` takes their place).
 * Returns where they are a member.
 */
export async function joinByAddress(
  em: SqlEntityManager,
  email: string,
  { passwordHash, unusable, now }: { passwordHash: string; unusable: string; now: Date },
): Promise<Member[]> {
  await em.execute(`select 1 from member where ${HAS_EMAIL} order by id for no key update`, [email])
  const [person] = await em.execute<{ id: string }[]>(
    `insert into person (id, email, password_hash, created_at) values (?, ?, ?, ?)
     on conflict ((lower(email))) do update set password_hash = excluded.password_hash returning id`,
    [newId('person'), email, passwordHash, now],
  )
  const personId = person?.id ?? ''
  await em.execute(
    `update member set person_id = ?, password_hash = ? where ${HAS_EMAIL} and status = 'active' and person_id is null`,
    [personId, unusable, email],
  )
  return setPersonPassword(em, personId, passwordHash)
}

/** Forgets a person who is a member nowhere any more. Call it in the removal of a member. */
export async function forgetPerson(em: SqlEntityManager, personId: string): Promise<void> {
  await em.execute(
    'delete from person where id = ? and not exists (select from member where person_id = person.id)',
    [personId],
  )
}
