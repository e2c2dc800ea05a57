import { Redis, type RedisOptions } from 'ioredis'
import { namesIn } from './redisNames.ts'
import { parseMovingUrl, urlOfShard } from './redisUrl.ts'
import { slotOptions } from './SlotConnector.ts'

/** How long opening a connection may take, in ms. */
export const CONNECT_MS = 2_000
/** How long a connection may be silent while a command waits for its answer, in ms. It is opened again then. */
export const SILENT_MS = 5_000
/** BullMQ waits for jobs for ten seconds at the most. */
export const WORKER_SILENT_MS = 20_000
/** How often a connection that listens, and sends nothing else, is asked for an answer, in ms. */
export const PING_MS = 5_000

/** What connections are for. */
const profiles = {
  /** Stores jobs. Fails at once while Redis is away, within seconds where it hangs: rows are what is durable. */
  jobs: {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: 5_000,
    socketTimeout: SILENT_MS,
  },
  /** BullMQ waits for jobs on it. */
  worker: { maxRetriesPerRequest: null, socketTimeout: WORKER_SILENT_MS },
  /** Listens on a channel, which may be silent for hours. See `keepAsking`. */
  subscriber: { maxRetriesPerRequest: null, socketTimeout: SILENT_MS },
  /** Publishes what may get lost. */
  publisher: { maxRetriesPerRequest: 1, socketTimeout: SILENT_MS },
  /**
   * Runs a region's scripts. Nothing waits in a queue while the region is away. After `socketTimeout` without a word
   * the connection is lost and its commands fail, as with a machine or a route that went away silently: otherwise it
   * would stay in use for a quarter of an hour. What a caller waits for has bounds of its own.
   */
  region: {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    socketTimeout: SILENT_MS,
  },
} satisfies Record<string, RedisOptions>

/** How often a connection that found itself at the wrong server looks for the right one, in ms. */
export const LOOK_AGAIN_MS = 500

/** What a Redis answers that is not, or no longer, the primary of what is asked for. */
const ELSEWHERE = /^(MOVED|READONLY|CLUSTERDOWN|MASTERDOWN)\b/

/**
 * How to find the primary of a group of Sentinels, or the node of a Cluster that serves what is ours; undefined for one
 * Redis. A connection that turns out to be to another server is opened again.
 */
export function movingOptions(url: string, place = 0): RedisOptions | undefined {
  const moving = parseMovingUrl(url)
  if (!moving) return undefined
  let looked = Number.NEGATIVE_INFINITY
  const reconnectOnError = ({ message }: Error) => {
    if (!ELSEWHERE.test(message) || performance.now() - looked < LOOK_AGAIN_MS) return false
    looked = performance.now()
    return true
  }
  const tls = moving.encrypted ? { tls: {} } : {}
  if (moving.kind === 'cluster')
    return { ...slotOptions(moving, namesIn(url, place).marker), ...tls, reconnectOnError }
  const { username, password, db, sentinelUsername, sentinelPassword } = moving
  return {
    sentinels: moving.nodes,
    name: moving.group,
    sentinelCommandTimeout: CONNECT_MS,
    ...(sentinelUsername ? { sentinelUsername } : {}),
    ...(sentinelPassword ? { sentinelPassword } : {}),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    db,
    ...tls,
    ...(moving.encrypted ? { sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    reconnectOnError,
  }
}

/**
 * A connection to a Redis, which comes back by itself; where shards are apart, to who serves the one at that place.
 * `onError` is called for each failure of it; without one they are ignored, because each command reports its own.
 */
export function connectRedis(
  url: string,
  profile: keyof typeof profiles,
  {
    scripts,
    place = 0,
    onError = () => {},
  }: { scripts?: RedisOptions['scripts']; place?: number; onError?: (error: Error) => void } = {},
): Redis {
  const options = {
    ...profiles[profile],
    connectTimeout: CONNECT_MS,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, 1_000),
    ...(scripts ? { scripts } : {}),
  }
  const moving = movingOptions(url, place)
  const redis = moving ? new Redis({ ...options, ...moving }) : new Redis(urlOfShard(url, place), options)
  redis.on('error', onError)
  if (profile === 'subscriber') keepAsking(redis)
  return redis
}

/**
 * Pings, so that `socketTimeout` notices a connection that has gone silent: it only runs while a command waits for its
 * answer. ioredis then connects and subscribes again.
 */
function keepAsking(redis: Redis): void {
  const asking = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => {})
  }, PING_MS).unref()
  redis.once('end', () => clearInterval(asking))
}
