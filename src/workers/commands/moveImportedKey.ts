import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { keyFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { copyForms } from '../../domain/imports/formStore.ts'
import { freedDigest, lockImported } from '../../domain/imports/importStore.ts'
import { ApiKeySchema } from '../../domain/keys/ApiKey.ts'
import { requireRoom } from '../../domain/keys/keyRules.ts'
import { countActive } from '../../domain/keys/keyStore.ts'
import { readLimits } from '../../domain/plans/planStore.ts'
import { commandJob } from './commandJob.ts'

/**
 * Moves an imported key, whatever has become of it, to the account of the command. There it is another key, active,
 * of the same value, name, type and permissions; the one it was is revoked, and keeps its usage. Verifiers see a
 * later version of the value's state. Safe to run twice: the account that has the key already keeps it.
 */
export const moveImportedKey = commandJob('move-imported-key', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  const key = await lockImported(em, payload.digest)
  if (key.accountId === account.id && key.status !== 'deleted')
    return { result: { accountId: account.id, keyId: key.id, moved: false } }
  const used = await countActive(em, account.id, key.type, now)
  requireRoom(account.plan, await readLimits(em, account), key.type, used)

  const { id, accountId, name, type, access, permissions, allowedIps, hint, expiresAt, version } = key
  const wasThere = key.status === 'active'
  Object.assign(key, {
    digest: freedDigest(id),
    version: version + 1,
    status: key.status === 'deleted' ? 'deleted' : 'revoked',
    revokedAt: key.revokedAt ?? now,
    revokedReason: key.revokedReason ?? 'Moved by the operator to the account that it belongs to',
  })
  if (wasThere) {
    const data = { apiKey: keyFacts(key, now) }
    recordEvent(em, command, { type: 'api_key.revoked', accountId, subject: id, at: now, data })
  }
  // Its digest must be free before the next key takes it.
  await em.flush()
  const moved = em.create(ApiKeySchema, {
    ...{ name, type, access, permissions, allowedIps, hint, expiresAt },
    id: payload.newKeyId,
    accountId: account.id,
    digest: payload.digest,
    status: 'active',
    metadata: {},
    version: version + 2,
    createdAt: now,
    createdBy: command.actor.id,
    importedAt: now,
  })
  em.persist(moved)
  recordEvent(em, command, {
    type: 'api_key.created',
    subject: moved.id,
    at: now,
    data: { apiKey: keyFacts(moved, now) },
  })
  await copyForms(em, accountId, account.id)
  const details = { name, type }
  audit(em, command, { at: now, accountId, action: 'api-key.moved-out', targetId: id, details })
  audit(em, command, { at: now, action: 'api-key.moved-in', targetId: payload.newKeyId, details })
  return {
    result: {
      accountId: account.id,
      keyId: payload.newKeyId,
      moved: true,
      fromAccountId: accountId,
      fromKeyId: id,
    },
    keyIds: [payload.newKeyId],
    ended: { kind: 'key-revoked', subject: id },
  }
})
