import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { AccountSchema } from '../../domain/accounts/Account.ts'
import { ServiceTokenSchema } from '../../domain/accounts/ServiceToken.ts'
import { auditOperators } from '../../domain/audit/audit.ts'
import { invalid } from '../../domain/failure.ts'
import { requireUnbound } from '../../domain/keys/holding.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { commandJob } from './commandJob.ts'

/**
 * A token with which a resource server verifies keys and reports usage, of every account or of those that are named.
 */
export const createServiceToken = commandJob(
  'create-service-token',
  async ({ em, command, payload, now }) => {
    const { serviceTokenId, ...fields } = payload
    requireUnbound(await loadHolder(em, command))
    await requireAccounts(em, fields.accountIds ?? [])
    em.persist(em.create(ServiceTokenSchema, { ...fields, id: serviceTokenId, createdAt: now }))
    const { name, permissions, accountIds } = fields
    auditOperators(em, command, {
      at: now,
      action: 'service-token.created',
      targetId: serviceTokenId,
      details: { name, permissions, accountIds },
    })
    return { result: { serviceTokenId, name } }
  },
)

/** Throws Failure `validation-error` that names the first ID of which there is no account. */
async function requireAccounts(em: SqlEntityManager, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const found = await em.find(AccountSchema, { id: { $in: ids } }, { fields: ['id'] })
  const known = new Set(found.map(({ id }) => id))
  const place = ids.findIndex((id) => !known.has(id))
  if (place >= 0) throw invalid(`accountIds[${place}]`, 'out_of_range', 'there is no account with this ID')
}
