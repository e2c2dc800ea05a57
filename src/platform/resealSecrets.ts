import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Resealed } from '../domain/secrets/resealedKinds.ts'
import { type Batch, type Reseal, resealBatch } from '../domain/secrets/resealRows.ts'

/**
 * Seals everything of a kind again under the current secrets key, each batch in a transaction of its own. Safe to run
 * twice, at once, and to die in. Returns over how many rows it went, and why values stayed as they were.
 */
export async function resealSecrets(
  em: SqlEntityManager,
  kind: Resealed,
  vault: Reseal,
): Promise<{ rows: number; failures: Error[] }> {
  const failures: Error[] = []
  let rows = 0
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after
    const batch: Batch = await em.fork().transactional((tx) => resealBatch(tx, kind, vault, from))
    failures.push(...batch.failures)
    rows += batch.rows
    after = batch.last
  }
  return { rows, failures }
}
