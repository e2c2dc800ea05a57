import { audit } from '../../domain/audit/audit.ts'
import { keyFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { requireEditWithin } from '../../domain/keys/holding.ts'
import { decideUpdate } from '../../domain/keys/keyRules.ts'
import { lastUses, lockKey } from '../../domain/keys/keyStore.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { presentKey } from '../../domain/keys/presentKey.ts'
import { commandJob } from './commandJob.ts'

/** Renames or edits. `If-Match` is compared under the row's lock, so of two edits of one version one is refused. */
export const updateApiKey = commandJob('update-api-key', async ({ em, command, payload, now }) => {
  const key = await lockKey(em, command.accountId, payload.keyId)
  const { expiresAt, ...changes } = payload.changes
  const parsed = expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : new Date(expiresAt) }
  const written = decideUpdate(key, { ...changes, ...parsed }, payload.ifMatch, now)
  requireEditWithin(await loadHolder(em, command), key, { ...key, ...written })
  const fields = Object.keys(written)
  const movesExpiry =
    written.expiresAt !== undefined && written.expiresAt?.getTime() !== key.expiresAt?.getTime()
  if (fields.length > 0) {
    Object.assign(key, written, { version: key.version + 1 })
    audit(em, command, {
      at: now,
      action: 'api-key.updated',
      targetId: key.id,
      details: { fields },
    })
    const data = { apiKey: keyFacts(key, now), fields }
    recordEvent(em, command, { type: 'api_key.updated', subject: key.id, at: now, data })
  }
  const lastUsedAt = (await lastUses(em, [key.id])).get(key.id) ?? null
  const ended = { kind: 'key-expires', subject: key.id, until: key.expiresAt } as const
  return { result: presentKey(key, lastUsedAt, now), keyIds: [key.id], ...(movesExpiry && { ended }) }
})
