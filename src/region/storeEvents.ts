import type { JobData } from '../domain/jobs.ts'
import { claimIdOf } from '../domain/metering/claimId.ts'
import { toRow, type UsageEvent } from '../domain/metering/usageEvent.ts'
import { METERING_OPTIONS } from '../platform/retryOptions.ts'
import type { Region } from './Region.ts'
import { type Shards, shardFor } from './shards.ts'

/** How long the region remembers ids, so that an answer can count duplicates that Postgres has not claimed yet. */
const SLOT_SECONDS = 60

/**
 * Stores reported events as one metering job in each shard that one of their accounts lives in; once this has resolved
 * they are acknowledged. Returns the claim IDs that the region has seen in the last minutes. The same events may be
 * stored again: each ID is counted once. Throws RegionUnavailable.
 */
export async function storeEvents(shards: Shards, events: UsageEvent[], nowMs: number): Promise<string[]> {
  const byShard = Map.groupBy(events, ({ accountId }) => shardFor(shards, accountId))
  const seen = await Promise.all([...byShard].map(([shard, own]) => storeIn(shard, own, nowMs)))
  return seen.flat()
}

async function storeIn(shard: Region, events: UsageEvent[], nowMs: number): Promise<string[]> {
  const data: JobData<'roll-up-events'> = { events: events.map(toRow) }
  const [, ...seen] = await shard.run(
    'acceptEvents',
    Math.floor(nowMs / 1000 / SLOT_SECONDS),
    SLOT_SECONDS,
    JSON.stringify(events.map(({ id }) => claimIdOf(id))),
    shard.meteringPrefix,
    METERING_OPTIONS,
    JSON.stringify(data),
  )
  return seen as string[]
}
