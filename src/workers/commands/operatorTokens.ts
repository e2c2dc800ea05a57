import { auditOperators } from '../../domain/audit/audit.ts'
import { requireWithin } from '../../domain/keys/holding.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { OperatorTokenSchema } from '../../domain/operators/OperatorToken.ts'
import { holdingOfToken, loadOperatorToken } from '../../domain/operators/operatorTokenStore.ts'
import { presentOperatorToken } from '../../domain/operators/presentOperatorToken.ts'
import { commandJob } from './commandJob.ts'

/** A token for a machine of the company, within what its maker holds. */
export const createOperatorToken = commandJob(
  'create-operator-token',
  async ({ em, command, payload, now }) => {
    const { operatorTokenId, expiresAt, ...fields } = payload
    const facts = { ...fields, expiresAt: expiresAt === null ? null : new Date(expiresAt) }
    requireWithin(await loadHolder(em, command), holdingOfToken(facts))
    const token = em.create(OperatorTokenSchema, {
      ...facts,
      id: operatorTokenId,
      createdAt: now,
      createdBy: command.actor.id,
    })
    em.persist(token)
    auditOperators(em, command, {
      at: now,
      action: 'operator-token.created',
      targetId: token.id,
      details: { name: token.name, permissions: token.permissions },
    })
    return { result: presentOperatorToken(token) }
  },
)

/** Its next call is refused: every call looks the token up. */
export const revokeOperatorToken = commandJob(
  'revoke-operator-token',
  async ({ em, command, payload, now }) => {
    const token = await loadOperatorToken(em, payload.operatorTokenId)
    if (!token.revokedAt) {
      token.revokedAt = now
      const details = { name: token.name }
      auditOperators(em, command, { at: now, action: 'operator-token.revoked', targetId: token.id, details })
    }
    return { result: presentOperatorToken(token) }
  },
)
