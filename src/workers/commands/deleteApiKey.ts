import { audit } from '../../domain/audit/audit.ts'
import { keyFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { requireDeletable, requireVersion } from '../../domain/keys/keyRules.ts'
import { lockKey } from '../../domain/keys/keyStore.ts'
import { commandJob } from './commandJob.ts'

/** The row stays, out of sight: its state is what keeps the key refused, and its usage stays countable. */
export const deleteApiKey = commandJob('delete-api-key', async ({ em, command, payload, now }) => {
  const key = await lockKey(em, command.accountId, payload.keyId)
  requireVersion(key, payload.ifMatch)
  requireDeletable(key, now)
  Object.assign(key, { status: 'deleted', version: key.version + 1, revokedAt: key.revokedAt ?? now })
  audit(em, command, { at: now, action: 'api-key.deleted', targetId: key.id, details: { name: key.name } })
  const data = { apiKey: keyFacts(key, now) }
  recordEvent(em, command, { type: 'api_key.deleted', subject: key.id, at: now, data })
  return { result: { id: key.id }, keyIds: [key.id], ended: { kind: 'key-deleted', subject: key.id } }
})
