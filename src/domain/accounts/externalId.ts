import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'

/**
 * Throws Failure `external-id-taken`, with the `accountId` that has it, unless no other account has this external ID.
 * Until the transaction ends, others who ask for the same one wait.
 */
export async function requireFreeExternalId(
  em: SqlEntityManager,
  externalId: string,
  accountId = '',
): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`external ID ${externalId}`])
  const [taken] = await em.execute<{ id: string }[]>(
    'select id from account where external_id = ? and id <> ?',
    [externalId, accountId],
  )
  if (!taken) return
  throw new Failure('external-id-taken', {
    detail: 'Another account has this external ID.',
    accountId: taken.id,
  })
}
