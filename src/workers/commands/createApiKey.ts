import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { keyFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { ApiKeySchema } from '../../domain/keys/ApiKey.ts'
import { grantOf, requireWithin } from '../../domain/keys/holding.ts'
import { requireRoom } from '../../domain/keys/keyRules.ts'
import { countAgainstPlan } from '../../domain/keys/keyStore.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { presentKey } from '../../domain/keys/presentKey.ts'
import { readLimits } from '../../domain/plans/planStore.ts'
import { commandJob } from './commandJob.ts'

/**
 * The account's lock makes concurrent creates count one after another, so the plan's limit holds. What the actor holds
 * is read before it: it is compared again before the commit.
 */
export const createApiKey = commandJob('create-api-key', async ({ em, command, payload, now }) => {
  const { keyId, expiresAt: end, ...fields } = payload
  const expiresAt = end === null ? null : new Date(end)
  requireWithin(await loadHolder(em, command), grantOf({ ...fields, expiresAt }))
  const account = await lockAccount(em, command.accountId)
  const limits = await readLimits(em, account)
  const used = await countAgainstPlan(em, account.id, limits, payload.type, now)
  requireRoom(account.plan, limits, payload.type, used)

  const key = em.create(ApiKeySchema, {
    ...fields,
    id: keyId,
    accountId: account.id,
    status: 'active',
    version: 1,
    createdAt: now,
    createdBy: command.actor.id,
    expiresAt,
  })
  em.persist(key)
  audit(em, command, {
    at: now,
    action: 'api-key.created',
    targetId: keyId,
    details: { name: key.name, type: key.type },
  })
  const data = { apiKey: keyFacts(key, now) }
  recordEvent(em, command, { type: 'api_key.created', subject: keyId, at: now, data })
  return { result: presentKey(key, null, now), keyIds: [keyId] }
})
