import { AccountSchema } from '../../domain/accounts/Account.ts'
import { MemberSchema } from '../../domain/accounts/Member.ts'
import { audit } from '../../domain/audit/audit.ts'
import { ApiKeySchema } from '../../domain/keys/ApiKey.ts'
import { permissionsFor } from '../../domain/keys/access.ts'
import { commandJob } from './commandJob.ts'

/** An account, its first admin key (a live key, which counts as one) and, where given, its first admin. */
export const createAccount = commandJob('create-account', async ({ em, command, payload, now }) => {
  const { accountId, adminKey, member } = payload
  em.persist(
    em.create(AccountSchema, {
      id: accountId,
      name: payload.name,
      plan: payload.plan,
      customLimits: {},
      version: 1,
      createdAt: now,
    }),
  )
  await em.flush()
  em.persist(
    em.create(ApiKeySchema, {
      id: adminKey.keyId,
      accountId,
      name: 'Admin key',
      type: 'live',
      access: 'admin',
      permissions: permissionsFor('admin'),
      status: 'active',
      digest: adminKey.digest,
      hint: adminKey.hint,
      allowedIps: [],
      metadata: {},
      version: 1,
      createdAt: now,
      createdBy: command.actor.id,
    }),
  )
  if (member) {
    const { memberId, ...fields } = member
    em.persist(em.create(MemberSchema, { ...fields, id: memberId, accountId, createdAt: now }))
  }
  audit(em, command, {
    at: now,
    accountId,
    action: 'account.created',
    targetId: accountId,
    details: { plan: payload.plan },
  })
  return { result: { accountId, keyId: adminKey.keyId }, keyIds: [adminKey.keyId] }
})
