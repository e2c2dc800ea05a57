import { loadServiceToken } from '../../domain/accounts/serviceTokenStore.ts'
import { auditOperators } from '../../domain/audit/audit.ts'
import { commandJob } from './commandJob.ts'

/**
 * Commits the revocation, then every region must confirm before the command is done, as with a key. A token that is
 * revoked already stays as it is, but is propagated again.
 */
export const revokeServiceToken = commandJob(
  'revoke-service-token',
  async ({ em, command, payload, now }) => {
    const token = await loadServiceToken(em, payload.serviceTokenId)
    const repeats = token.revokedAt !== null
    if (!token.revokedAt) {
      token.revokedAt = now
      const details = { name: token.name }
      auditOperators(em, command, { at: now, action: 'service-token.revoked', targetId: token.id, details })
    }
    const result = { serviceTokenId: token.id, revokedAt: token.revokedAt.toISOString() }
    return {
      result,
      serviceTokenIds: [token.id],
      ended: { kind: 'service-token-revoked', subject: token.id },
      repeats,
    }
  },
)
