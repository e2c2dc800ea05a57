import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Member } from '../domain/accounts/Member.ts'
import { setPersonPassword } from '../domain/accounts/personStore.ts'
import { audit } from '../domain/audit/audit.ts'
import type { Actor } from '../domain/commands/Command.ts'
import type { ApiContext, Principal } from './context.ts'

/** Gives a person another password and ends their sessions everywhere. */
export async function changePersonPassword(
  api: ApiContext,
  { actor }: Pick<Principal, 'actor'>,
  personId: string,
  passwordHash: string,
): Promise<void> {
  await api.em().transactional(async (em) => {
    const members = await setPersonPassword(em, personId, passwordHash)
    auditNewPassword(em, members, actor, api.now())
  })
}

/** Says so in the audit log of each of the person's accounts. In another account they are another member. */
export function auditNewPassword(em: SqlEntityManager, members: Member[], actor: Actor, at: Date): void {
  for (const { id, accountId, role } of members) {
    const by = actor.type === 'member' ? { ...actor, id } : actor
    audit(
      em,
      { accountId, actor: by },
      { at, action: 'member.updated', targetId: id, details: { fields: ['password'], role } },
    )
  }
}
