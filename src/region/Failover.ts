import type { Redis } from 'ioredis'
import { LOOK_AGAIN_MS } from '../platform/connectRedis.ts'
import type { RedisNames } from '../platform/redisNames.ts'
import { type MovingRedis, parseMovingUrl } from '../platform/redisUrl.ts'
import { askSentinels } from '../platform/sentinels.ts'
import { hasYielded } from './hasYielded.ts'

/** How often the server is asked for its replicas, in ms. */
const LOOK_MS = 1_000

/**
 * A server that had replicas must go on having one for what it counts, for so long after it has lost them, in ms: for
 * longer than its lease lasts. Until then one of them may have taken its place.
 */
export const REPLICATED_MS = 10_000

/** What a region's URL says of servers that may take the place of the one that answers, and what is done about them. */
export class Failover {
  readonly #moving: MovingRedis | undefined
  readonly #redis: Redis
  readonly #names: RedisNames
  readonly #timer: NodeJS.Timeout | undefined
  #marker: string | undefined
  #needsCopy = true
  /** When another server was last looked for, by `performance.now()`. */
  #looked = Number.NEGATIVE_INFINITY

  constructor(url: string, redis: Redis, names: RedisNames) {
    this.#moving = parseMovingUrl(url)
    this.#redis = redis
    this.#names = names
    if (this.#moving?.confirm)
      this.#timer = setInterval(() => {
        if (redis.status === 'ready') this.#lookForReplicas().catch(() => {})
      }, LOOK_MS).unref()
    redis.on('close', () => {
      this.#needsCopy = true
    })
  }

  /** Whether there may be other servers: with Sentinels, and in a Cluster. */
  get isPossible(): boolean {
    return this.#moving !== undefined
  }

  /** How many replicas must have what a script has counted before its answer is believed. */
  get copies(): number {
    return this.#needsCopy ? (this.#moving?.confirm ?? 0) : 0
  }

  /** Learns what the server of this epoch has for replicas. */
  async begin(marker: string): Promise<void> {
    this.#marker = marker
    if (this.#moving?.confirm) await this.#lookForReplicas()
  }

  /** All processes note that there is one, and all know for a while that there was: also who connects only then. */
  async #lookForReplicas(): Promise<void> {
    if (this.#marker === undefined) return
    const noted = `${this.#names.states(this.#marker)}replicated`
    const [, replicas] = /connected_slaves:(\d+)/.exec(await this.#redis.info('replication')) ?? []
    if (Number(replicas) > 0) await this.#redis.set(noted, '1', 'PX', REPLICATED_MS)
    this.#needsCopy = Number(replicas) > 0 || (await this.#redis.exists(noted)) === 1
  }

  /** How many servers could take over, whether they can be reached or not. Throws where nobody says so. */
  async countReplicas(): Promise<number> {
    if (this.#moving?.kind === 'sentinel') {
      // A Sentinel forgets no replica by itself, and may not have heard of one yet.
      const asked = await Promise.allSettled(askSentinels(this.#moving, 'replicas'))
      const counts = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value.length] : []))
      if (counts.length === 0) throw new Error('No Sentinel answers.')
      return Math.max(...counts)
    }
    const lines = String(await this.#redis.cluster('NODES')).split('\n')
    const nodes = lines.map((line) => line.split(' '))
    const [own] = nodes.find(([, , flags = '']) => flags.includes('myself')) ?? []
    if (!own) throw new Error('CLUSTER NODES has no line of this node.')
    return nodes.filter(([, , , primary]) => primary === own).length
  }

  /**
   * Throws unless more than half of the Sentinels say that the server of this epoch is the primary. A node of a Cluster
   * that most others do not reach refuses scripts by itself.
   */
  async requireChosen(marker: string): Promise<void> {
    if (this.#moving?.kind !== 'sentinel') return
    const runId = runIdOf(marker)
    const votes = askSentinels(this.#moving, 'master').map(async (asked) => {
      const fields = await asked
      return fields[fields.indexOf('runid') + 1] === runId
    })
    await requireMost(votes)
  }

  /**
   * Whether the node of a Cluster that began the epoch of `marker` has handed over to this one, which has begun
   * `fresh`: see hasYielded.ts. A managed Redis that shows one run ID for all its nodes never says so. With Sentinels
   * the lease is over before the one that was the primary follows another.
   */
  async hasYielded(marker: string, fresh: string): Promise<boolean> {
    const runId = runIdOf(marker)
    if (this.#moving?.kind !== 'cluster' || runId === runIdOf(fresh)) return false
    return hasYielded(this.#moving, this.#redis, { runId, marker: this.#names.marker, fresh })
  }

  /** Opens the connection again: to the server that has taken over, if one has. Not more often than twice a second. */
  lookAgain(): void {
    const now = performance.now()
    if (!this.isPossible || this.#redis.status !== 'ready' || now - this.#looked < LOOK_AGAIN_MS) return
    this.#looked = now
    this.#redis.disconnect(true)
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

const runIdOf = (marker: string) => marker.slice(0, marker.indexOf('|'))

/** Resolves as soon as more than half of the Sentinels have voted for it: one that hangs holds nobody up. */
function requireMost(votes: Promise<boolean>[]): Promise<void> {
  let [yes, left] = [0, votes.length]
  return new Promise((resolve, reject) => {
    for (const vote of votes)
      void vote
        .catch(() => false)
        .then((isYes) => {
          yes += Number(isYes)
          left -= 1
          if (yes * 2 > votes.length) resolve()
          else if (left === 0)
            reject(new Error(`Of ${votes.length} Sentinels, ${yes} say that this server is the primary.`))
        })
  })
}
