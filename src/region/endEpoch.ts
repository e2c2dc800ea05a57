import type { Redis } from 'ioredis'
import type { RedisNames } from '../platform/redisNames.ts'

/**
 * Ends a region's epoch from outside: what was read from Postgres before this cannot be written any more. The next
 * process that opens the region begins a new one.
 */
export async function endEpoch({ redis, names }: { redis: Redis; names: RedisNames }): Promise<void> {
  const marker = await redis.get(names.marker)
  if (marker === null) return
  const states = ['keys', 'accounts', 'lease', 'sweep', 'tokens'].map(
    (name) => `${names.states(marker)}${name}`,
  )
  await redis
    .multi()
    .del(names.marker)
    .unlink(...states)
    .exec()
}
