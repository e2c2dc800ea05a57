import type { Region } from './Region.ts'

/** Verifications of these keys that a region admitted on a UTC day, or null where it has no counters of that day. */
export async function readDayCounters(region: Region, day: string, keyIds: string[]): Promise<number | null> {
  const name = region.names.dayRequests(day)
  if ((await region.redis.exists(name)) === 0) return null
  let total = 0
  for (let at = 0; at < keyIds.length; at += 1_000) {
    const counts = await region.redis.hmget(name, ...keyIds.slice(at, at + 1_000))
    for (const count of counts) total += Number(count ?? 0)
  }
  return total
}
