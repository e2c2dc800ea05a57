import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { keyFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { ApiKeySchema } from '../../domain/keys/ApiKey.ts'
import { grantOf, requireWithin } from '../../domain/keys/holding.ts'
import { decideRotation, requireRoom, requireUnrotated } from '../../domain/keys/keyRules.ts'
import { countAgainstPlan, findSuccessor, lockKey } from '../../domain/keys/keyStore.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { presentKey } from '../../domain/keys/presentKey.ts'
import { readLimits } from '../../domain/plans/planStore.ts'
import { commandJob } from './commandJob.ts'

/**
 * A new key with the old one's settings; the old one ends after the overlap. During it both count towards the plan. The
 * account's lock lets rotations run one after another, so a key has one successor.
 */
export const rotateApiKey = commandJob('rotate-api-key', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  const old = await lockKey(em, account.id, payload.keyId)
  requireUnrotated(await findSuccessor(em, old))
  const { oldExpiresAt, newExpiresAt, freesPlace } = decideRotation(old, payload.overlapSeconds, now)
  requireWithin(await loadHolder(em, command), grantOf({ ...old, expiresAt: newExpiresAt }))
  // One that frees its place adds none: it is rotated on a full plan, too, and where the plan has become smaller.
  if (!freesPlace) {
    const limits = await readLimits(em, account)
    const used = await countAgainstPlan(em, account.id, limits, old.type, now)
    requireRoom(account.plan, limits, old.type, used)
  }

  Object.assign(old, { expiresAt: oldExpiresAt, version: old.version + 1 })
  const fresh = em.create(ApiKeySchema, {
    id: payload.newKeyId,
    accountId: account.id,
    name: old.name,
    type: old.type,
    access: old.access,
    permissions: old.permissions,
    allowedIps: old.allowedIps,
    metadata: old.metadata,
    status: 'active',
    digest: payload.digest,
    hint: payload.hint,
    version: 1,
    createdAt: now,
    createdBy: command.actor.id,
    expiresAt: newExpiresAt,
    rotatedFrom: old.id,
  })
  em.persist(fresh)
  audit(em, command, {
    at: now,
    action: 'api-key.rotated',
    targetId: old.id,
    details: { newKeyId: fresh.id, oldExpiresAt: oldExpiresAt.toISOString() },
  })
  const data = { apiKey: keyFacts(old, now), successor: keyFacts(fresh, now) }
  recordEvent(em, command, { type: 'api_key.rotated', subject: old.id, at: now, data })
  const ended = { kind: 'key-expires', subject: old.id, until: oldExpiresAt } as const
  return { result: presentKey(fresh, null, now), keyIds: [old.id, fresh.id], ended }
})
