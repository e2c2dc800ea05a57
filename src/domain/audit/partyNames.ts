import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { MemberSchema } from '../accounts/Member.ts'
import { AlertRuleSchema } from '../alerts/AlertRule.ts'
import { ApiKeySchema } from '../keys/ApiKey.ts'
import { ChannelSchema } from '../notifications/Channel.ts'
import { OperatorTokenSchema } from '../operators/OperatorToken.ts'
import type { AuditEntry } from './AuditEntry.ts'

/**
 * The latest names of the account's keys, members, rules and channels that entries speak of, and of operator tokens
 * that acted for it or let guests in, by ID. Keys keep theirs when deleted.
 */
export async function partyNames(
  em: SqlEntityManager,
  accountId: string,
  entries: Pick<AuditEntry, 'actor' | 'targetId'>[],
): Promise<Map<string, string>> {
  const ids = new Set(
    entries.flatMap(({ actor, targetId }) => [actor.id, actor.madeBy ?? '', targetId ?? '']),
  )
  const idsOf = (prefix: string) => ({ $in: [...ids].filter((id) => id.startsWith(prefix)) })
  const these = (prefix: string) => ({ accountId, id: idsOf(prefix) })
  const members = await em.find(MemberSchema, these('mem_'))
  const named = [
    ...(await em.find(ApiKeySchema, these('key_'), { fields: ['id', 'name'] })),
    ...(await em.find(AlertRuleSchema, these('alert_'), { fields: ['id', 'name'] })),
    ...(await em.find(ChannelSchema, these('chan_'), { fields: ['id', 'name'] })),
    ...(await em.find(OperatorTokenSchema, { id: idsOf('optok_') }, { fields: ['id', 'name'] })),
    ...members.map(({ id, name, email }) => ({ id, name: name ?? email })),
  ]
  return new Map(named.map(({ id, name }) => [id, name]))
}
