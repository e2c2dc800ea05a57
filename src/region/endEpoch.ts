import type { Redis } from 'ioredis'
import { PREFIX, statePrefix } from '../platform/redisNames.ts'

/**
 * Ends a region's epoch from outside: what was read from Postgres before this cannot be written any more. The next
 * process that opens the region begins a new one.
 */
export async function endEpoch(redis: Redis): Promise<void> {
  const region = `${PREFIX}region`
  const marker = await redis.get(region)
  if (marker === null) return
  const states = ['keys', 'accounts', 'lease', 'sweep', 'tokens'].map(
    (name) => `${statePrefix(marker)}${name}`,
  )
  await redis
    .multi()
    .del(region)
    .unlink(...states)
    .exec()
}
