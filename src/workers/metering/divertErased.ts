import { keepUnits, listErased } from '../../domain/erasure/erasing.ts'
import type { Em } from '../../platform/postgres.ts'
import type { Sums } from './countWork.ts'

/**
 * Takes out of a transaction's sums what is of accounts that are erased or being erased: of that only the units of each
 * day are kept. Call it in the transaction, before anything of the sums is written.
 */
export async function divertErased(em: Em, { batch, accepted }: Sums): Promise<void> {
  const accountIds = new Set([...accepted.days.values()].map(({ accountId }) => accountId))
  for (const { accountId } of batch.buckets) accountIds.add(accountId)
  for (const accountId of batch.accountOf.values()) accountIds.add(accountId)
  if (accountIds.size === 0) return
  const erased = await listErased(em, [...accountIds])
  if (erased.size === 0) return
  const taken = batch.takeOut(erased)
  for (const [name, { accountId }] of accepted.days) if (erased.has(accountId)) accepted.days.delete(name)
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  await keepUnits(
    em,
    taken.map(({ accountId, at, units }) => ({ accountId, day: day(at), units })),
  )
}
