import { audit } from '../../domain/audit/audit.ts'
import { keyFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { lastUses, lockKey } from '../../domain/keys/keyStore.ts'
import { presentKey } from '../../domain/keys/presentKey.ts'
import { commandJob } from './commandJob.ts'

/**
 * Commits the revocation and its version, then every region must confirm before the command is done. A key
 * that is revoked already stays as it is, but is propagated again: an answer always means "refused everywhere".
 */
export const revokeApiKey = commandJob('revoke-api-key', async ({ em, command, payload, now }) => {
  const key = await lockKey(em, command.accountId, payload.keyId)
  const repeats = key.status !== 'active'
  if (!repeats) {
    Object.assign(key, {
      status: 'revoked',
      revokedAt: now,
      revokedReason: payload.reason,
      version: key.version + 1,
    })
    audit(em, command, {
      at: now,
      action: 'api-key.revoked',
      targetId: key.id,
      details: { reason: payload.reason },
    })
    const data = { apiKey: keyFacts(key, now) }
    recordEvent(em, command, { type: 'api_key.revoked', subject: key.id, at: now, data })
  }
  const lastUsedAt = (await lastUses(em, [key.id])).get(key.id) ?? null
  return {
    result: { apiKey: presentKey(key, lastUsedAt, now) },
    keyIds: [key.id],
    ended: { kind: 'key-revoked', subject: key.id },
    repeats,
  }
})
