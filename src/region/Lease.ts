import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { leaseMarginMs } from '../domain/regions.ts'
import type { RedisNames } from '../platform/redisNames.ts'
import type { EpochRegister } from './agreeOnEpoch.ts'
import type { Failover } from './Failover.ts'

/** How long a lease lasts where nobody can take over, and where somebody can, in ms. */
const LEASE_MS = 60_000
export const MOVING_LEASE_MS = 5_000

/** For how long it is remembered that a lease was extended without Postgres, in ms: for longer than it lasts. */
const ALONE_MS = 60_000

/** How often replicas are looked at, in ms; they report each second. */
const LOOK_MS = 250
const LOOKS = 8

type LeasedRegion = {
  name: string
  redis: Redis
  names: RedisNames
  failover: Failover
  renewLease: (marker: string, since: number, ms: number, begins?: boolean) => Promise<boolean>
}

/**
 * The lease of a region that gets none from workers: every process with Postgres keeps it up. It is longer than a
 * restart of all processes, so that nobody notices one. Where another server may take this one's place, that one
 * waits for the lease to run out, so it is short, and Postgres knows of it.
 */
export class Lease {
  readonly ms: number
  readonly everyMs: number
  readonly #region: LeasedRegion
  /** When another server than that of the registered epoch was first seen, by `performance.now()`, and its marker. */
  #seen: { registered: string; at: number } | undefined

  constructor(region: LeasedRegion) {
    this.#region = region
    this.ms = region.failover.isPossible ? MOVING_LEASE_MS : LEASE_MS
    this.everyMs = region.failover.isPossible ? 1_000 : 5_000
  }

  /**
   * Whether the epoch of `marker` is the registered one. Where another server may take over, Postgres also notes that a
   * lease is being given. Throws while Postgres is away, and where most Sentinels say that another is the primary.
   */
  async note(register: EpochRegister, marker: string): Promise<boolean> {
    const { name, failover } = this.#region
    if (failover.isPossible) {
      await failover.requireChosen(marker)
      return register.lease(name, marker, this.#longest)
    }
    return (await register.read(name, marker)).marker === marker
  }

  /** How long a lease may last by a clock that runs slow. */
  get #longest(): number {
    return this.ms + leaseMarginMs(this.ms)
  }

  /**
   * Extends a lease that has not run out, while Postgres does not know whether this server still counts. `since` is
   * of its own clock. Where another could take over, each that could must follow this one later than `since`, and
   * know of the extension: one that is promoted afterwards then waits for the end of this lease (`mayBeExtended`).
   */
  async extendAlone(marker: string, since: number): Promise<boolean> {
    const { redis, names, failover } = this.#region
    const extend = () => this.#region.renewLease(marker, since, this.ms, false)
    if (!failover.isPossible) return extend()
    await failover.requireChosen(marker)
    await redis.set(names.alone, marker, 'PX', ALONE_MS)
    const replication = () => redis.info('replication')
    const offset = Number(/master_repl_offset:(\d+)/.exec(await replication())?.[1] ?? Number.NaN)
    const others = await failover.countReplicas()
    for (let look = 0; look < LOOKS; look++) {
      const offsets = [...(await replication()).matchAll(/^slave\d+:.*state=online,offset=(\d+)/gm)]
      const informed = offsets.filter(([, at]) => Number(at) >= offset).length
      if (informed >= others) return extend()
      await delay(LOOK_MS)
    }
    return false
  }

  /**
   * On a server that has taken over: whether the one before it may still hold a lease that was extended without
   * Postgres. If so, it ends within the longest time since this server was first seen.
   */
  async mayBeExtended(registered: string): Promise<boolean> {
    if (this.#seen?.registered !== registered) this.#seen = { registered, at: performance.now() }
    const { redis, names } = this.#region
    return performance.now() - this.#seen.at < this.#longest && (await redis.exists(names.alone)) === 1
  }
}
