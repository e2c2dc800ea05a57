import { Redis } from 'ioredis'
import { within } from '../platform/within.ts'
import { scripts } from './scripts.ts'

/**
 * A connection to a region's Redis, with our scripts. Commands fail at once while it is away: nothing waits in a
 * queue.
 */
export function connectRedis(url: string): Redis {
  return new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    // After so long without a word the connection is taken for lost, and its commands fail: as with a machine or a
    // route that went away silently. Else it would stay in use for a quarter of an hour. What a caller waits for has
    // bounds of its own.
    socketTimeout: 5_000,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    scripts: Object.fromEntries(
      Object.entries(scripts).map(([command, lua]) => [command, { lua, numberOfKeys: 0 }]),
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
