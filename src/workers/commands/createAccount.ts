import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { AccountSchema } from '../../domain/accounts/Account.ts'
import { requireFreeExternalId } from '../../domain/accounts/externalId.ts'
import { MemberSchema } from '../../domain/accounts/Member.ts'
import { audit } from '../../domain/audit/audit.ts'
import type { CommandPayload } from '../../domain/commands/catalogue.ts'
import { accountFacts, keyFacts, memberFacts } from '../../domain/events/eventData.ts'
import type { EventType } from '../../domain/events/eventTypes.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { type ApiKey, ApiKeySchema } from '../../domain/keys/ApiKey.ts'
import { permissionsFor } from '../../domain/keys/access.ts'
import { requirePlan } from '../../domain/plans/planStore.ts'
import { commandJob } from './commandJob.ts'

/** An account and, where given, its first admin key (a live key, which counts as one) and its first admin. */
export const createAccount = commandJob('create-account', async ({ em, command, payload, now }) => {
  const { accountId, externalId, name, plan, customLimits, metadata, adminKey, member } = payload
  await requirePlan(em, plan)
  if (externalId !== null) await requireFreeExternalId(em, externalId)
  const facts = { externalId, name, plan, customLimits, metadata }
  const account = em.create(AccountSchema, { id: accountId, ...facts, version: 1, createdAt: now })
  await em.persist(account).flush()
  const about = (type: EventType, subject: string, data: Record<string, unknown>) =>
    recordEvent(em, command, { type, accountId, subject, at: now, data })
  about('account.created', accountId, { account: accountFacts(account) })
  if (adminKey) {
    const key = persistAdminKey(em, { accountId, createdBy: command.actor.id, now }, adminKey)
    about('api_key.created', key.id, { apiKey: keyFacts(key, now) })
  }
  if (member) {
    const { memberId, ...fields } = member
    const added = em.create(MemberSchema, { ...fields, id: memberId, accountId, createdAt: now })
    em.persist(added)
    about('member.added', memberId, { member: memberFacts(added) })
  }
  audit(em, command, {
    at: now,
    accountId,
    action: 'account.created',
    targetId: accountId,
    details: { plan },
  })
  const keyIds = adminKey ? [adminKey.keyId] : []
  return { result: { accountId, keyId: adminKey?.keyId ?? null }, keyIds }
})

function persistAdminKey(
  em: SqlEntityManager,
  { accountId, createdBy, now }: { accountId: string; createdBy: string; now: Date },
  { keyId, digest, hint }: NonNullable<CommandPayload<'create-account'>['adminKey']>,
): ApiKey {
  const key = em.create(ApiKeySchema, {
    id: keyId,
    accountId,
    name: 'Admin key',
    type: 'live',
    access: 'admin',
    permissions: permissionsFor('admin'),
    status: 'active',
    digest,
    hint,
    allowedIps: [],
    metadata: {},
    version: 1,
    createdAt: now,
    createdBy,
  })
  em.persist(key)
  return key
}
