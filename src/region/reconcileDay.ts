import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { ApiKeySchema } from '../domain/keys/ApiKey.ts'
import { type AccountDay, type Difference, differencesOf, readDayRecords } from '../domain/usage/reconcile.ts'
import { readDayCounters } from './dayCounters.ts'
import type { Region } from './Region.ts'

/** Holds Postgres's records of an account's day against each other and against the counters of every region. */
export async function reconcileDay(
  em: SqlEntityManager,
  regions: Iterable<Region>,
  { accountId, day }: AccountDay,
  { now, waiting }: { now: Date; waiting: number },
): Promise<Difference[]> {
  const keys = await em.find(ApiKeySchema, { accountId }, { fields: ['id'], disableIdentityMap: true })
  const ids = keys.map((key) => key.id)
  // Counters first: what is admitted after they were read may already be rolled up, never the other way round.
  let counted: number | null = null
  for (const region of regions) {
    // A shard that it lived in before regions were divided still has counters of that day.
    if (!region.holds(accountId)) continue
    const count = await readDayCounters(region, day, ids)
    if (count !== null) counted = (counted ?? 0) + count
  }
  const records = await readDayRecords(em, accountId, day, now)
  return differencesOf({ ...records, counted }, waiting)
}
