import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'

/** Any number that no other lock has. */
const LOCK = 8

/** An Idempotency-Key by the keyed hashes that it may be stored under: one for each secrets key. */
type IdempotencyKey = { accountId: string | null; hashes: string[] }

/** A key is free again after its time, whether or not the nightly job has been there. */
export async function freeKey(
  em: SqlEntityManager,
  { accountId, hashes }: IdempotencyKey,
  before: Date,
): Promise<void> {
  await em.execute(
    `update command set idempotency_hash = null, sealed_secret = null
     where idempotency_hash = any(?::text[]) and coalesce(account_id, '') = ? and created_at < ?`,
    [pgArray(hashes), accountId ?? '', before],
  )
}

/**
 * Whether the key is taken under one of its hashes; if not, it stays free until the transaction ends. All processes
 * that have the same secrets keys take the same locks, whichever key is their current one.
 */
export async function lockKey(em: SqlEntityManager, key: IdempotencyKey, before: Date): Promise<boolean> {
  for (const hash of key.hashes.toSorted())
    await em.execute('select pg_advisory_xact_lock(hashtextextended(?, ?))', [hash, LOCK])
  await freeKey(em, key, before)
  const rows = await em.execute<unknown[]>(
    `select 1 from command where idempotency_hash = any(?::text[]) and coalesce(account_id, '') = ?`,
    [pgArray(key.hashes), key.accountId ?? ''],
  )
  return rows.length > 0
}
