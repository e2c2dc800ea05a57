import { Redis, type RedisOptions } from 'ioredis'

/** What connections are for. */
const profiles = {
  /** Stores jobs. Fails at once while Redis is away, within seconds where it hangs: rows are what is durable. */
  jobs: {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: 2_000,
    commandTimeout: 5_000,
    socketTimeout: 5_000,
  },
  /** BullMQ waits for jobs on it: ten seconds at the most, so a longer silence means that the connection is lost. */
  worker: { maxRetriesPerRequest: null, socketTimeout: 20_000 },
  /** Listens on a channel. It may be silent for hours. */
  subscriber: { maxRetriesPerRequest: null },
  /** Publishes what may get lost. */
  publisher: { maxRetriesPerRequest: 1, socketTimeout: 5_000 },
  /**
   * Runs a region's scripts. Nothing waits in a queue while the region is away. After `socketTimeout` without a word
   * the connection is lost and its commands fail, as with a machine or a route that went away silently: otherwise it
   * would stay in use for a quarter of an hour. What a caller waits for has bounds of its own.
   */
  region: {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    socketTimeout: 5_000,
  },
} satisfies Record<string, RedisOptions>

/**
 * A connection to a Redis, which comes back by itself. `onError` is called for each failure of it; without one they
 * are ignored, because each command reports its own.
 */
export function connectRedis(
  url: string,
  profile: keyof typeof profiles,
  {
    scripts,
    onError = () => {},
  }: { scripts?: RedisOptions['scripts']; onError?: (error: Error) => void } = {},
): Redis {
  const redis = new Redis(url, {
    ...profiles[profile],
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    ...(scripts ? { scripts } : {}),
  })
  redis.on('error', onError)
  return redis
}
