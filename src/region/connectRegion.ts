import type { Redis } from 'ioredis'
import { connectRedis } from '../platform/connectRedis.ts'
import { within } from '../platform/within.ts'
import { scripts } from './scripts.ts'

/** A connection to a shard's Redis, with our scripts. Each takes two names first: see `RedisNames.absent`. */
export function connectRegion(url: string, place: number, onError: (error: Error) => void): Redis {
  return connectRedis(url, 'region', {
    place,
    onError,
    scripts: Object.fromEntries(
      Object.entries(scripts).map(([command, lua]) => [command, { lua, numberOfKeys: 2 }]),
    ),
  })
}

/** Throws TimedOut where Redis does not answer within `boundMs`. */
export async function untilConnected(redis: Redis, boundMs: number): Promise<void> {
  if (redis.status === 'ready') return
  let done = () => {}
  const ready = new Promise<void>((resolve) => {
    done = resolve
    redis.once('ready', done)
  })
  await within(boundMs, ready).finally(() => redis.off('ready', done))
}
