import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { findGuestRole } from '../accounts/guestSessions.ts'
import { MemberSchema } from '../accounts/Member.ts'
import type { Command } from '../commands/Command.ts'
import { OperatorTokenSchema } from '../operators/OperatorToken.ts'
import { holdingForAccount, holdingOfToken } from '../operators/operatorTokenStore.ts'
import { ApiKeySchema } from './ApiKey.ts'
import { type Holder, holdingOf, holdingOfRole } from './holding.ts'

const NOTHING: Holder = { type: 'test', permissions: [], allowedIps: [], expiresAt: new Date(0) }

/**
 * What the actor of a command holds now, which may be less than when they asked. Call it before anything is changed.
 */
export async function loadHolder(em: SqlEntityManager, { actor, accountId }: Command): Promise<Holder> {
  if (actor.type === 'operator' || actor.type === 'system') return 'everything'
  if (actor.type === 'member') {
    const member = await em.findOne(MemberSchema, { id: actor.id, accountId })
    return member ? holdingOfRole(member.role) : NOTHING
  }
  if (actor.type === 'guest') {
    const role = await findGuestRole(em, actor.id, accountId)
    return role ? holdingOfRole(role) : NOTHING
  }
  if (actor.type === 'operator_token') {
    const token = await em.findOne(OperatorTokenSchema, { id: actor.id })
    if (!token) return NOTHING
    return accountId === null ? holdingOfToken(token) : holdingForAccount(token)
  }
  const key = await em.findOne(ApiKeySchema, { id: actor.id, accountId })
  return key ? holdingOf(key) : NOTHING
}
