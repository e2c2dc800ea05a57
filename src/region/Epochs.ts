import type { Redis } from 'ioredis'
import type { RedisNames } from '../platform/redisNames.ts'
import {
  agreeOnEpoch,
  type EpochConnection,
  type EpochRegister,
  followEpoch,
  RegisterAway,
} from './agreeOnEpoch.ts'
import type { Failover } from './Failover.ts'
import type { Journal } from './Journal.ts'
import { Lease } from './Lease.ts'
import type { RegionOptions } from './regionOptions.ts'

/** What epochs need of a region. */
type OpenRegion = Pick<RegionOptions, 'name' | 'kind'> & {
  shards: number
  redis: Redis
  names: RedisNames
  failover: Failover
  journal: Pick<Journal, 'requireCurrent'>
  marker: () => Promise<string>
  /** The region's clock, in Unix ms. */
  now: () => Promise<number>
  renewLease: (marker: string, since: number, ms: number, begins?: boolean) => Promise<boolean>
}

type Hooks = Pick<EpochConnection, 'beginEpoch'> & {
  /** The marker is no longer the registered one. */
  onOver: (marker: string) => void
}

/**
 * Which epoch of a region one process believes. A process with Postgres agrees with it on every connection. Without
 * Postgres, or while it is away, the process follows the epoch that is there, for as long as somebody vouches for it:
 * the primary, and a further region without leases, hold a lease that every process with Postgres keeps up.
 */
export class Epochs {
  readonly #region: OpenRegion
  readonly #register: EpochRegister | undefined
  readonly #hooks: Hooks
  readonly #connection: EpochConnection
  /** Whether this process keeps up a lease of the region. */
  readonly #vouches: boolean
  readonly #lease: Lease
  readonly #timer: NodeJS.Timeout | undefined
  /** The marker on which this process has itself agreed with Postgres. */
  #agreed: string | undefined
  #vouching: Promise<boolean> | undefined

  constructor(region: OpenRegion, register: EpochRegister | undefined, hooks: Hooks) {
    this.#region = region
    this.#register = register
    this.#hooks = hooks
    this.#connection = {
      shards: region.shards,
      info: async () => `${await region.redis.info('server')}${await region.redis.info('replication')}`,
      readMarker: () => region.redis.get(region.names.marker),
      beginEpoch: hooks.beginEpoch,
    }
    this.#lease = new Lease(region)
    if (region.failover.isPossible) {
      this.#connection.mayBeExtended = (registered) => this.#lease.mayBeExtended(registered)
      this.#connection.hasYielded = (registered, fresh) => region.failover.hasYielded(registered, fresh)
    }
    this.#vouches = register !== undefined && region.kind !== 'leased'
    if (this.#vouches) this.#timer = setInterval(() => void this.vouch(), this.#lease.everyMs).unref()
  }

  /** The marker to believe on a new connection. Throws where there is none. */
  async open(): Promise<string> {
    // Before Postgres is asked: see docs/decisions/regions.md.
    const since = await this.#region.now()
    if (!this.#register) return this.#follow(this.#region.kind === 'unleased')
    try {
      await this.#requireTruth()
      const marker = await agreeOnEpoch(this.#connection, this.#register, this.#region.name)
      this.#agreed = marker
      // What it has just agreed on need not be read again; what is noted there must be.
      const isNoted = !this.#region.failover.isPossible || (await this.#lease.note(this.#register, marker))
      if (this.#vouches && isNoted) await this.#region.renewLease(marker, since, this.#lease.ms)
      return marker
    } catch (error) {
      if (error instanceof RegisterAway) return this.#follow(true)
      throw error
    }
  }

  /** Throws RegisterAway while Postgres is away, or is older than the region: then it counts as away. */
  #requireTruth(): Promise<void> {
    return this.#region.journal.requireCurrent().catch((cause) => {
      throw new RegisterAway('Postgres does not say whether it has what the region has.', { cause })
    })
  }

  /** Says so to who uses the marker where it is no longer the registered one. Throws while Postgres is away. */
  async check(marker: string): Promise<boolean> {
    if (!this.#register) return true
    await this.#requireTruth()
    return this.#requireOwn(marker, (await this.#register.read(this.#region.name, marker)).marker === marker)
  }

  #requireOwn(marker: string, isRegistered: boolean): boolean {
    if (!isRegistered) this.#hooks.onOver(marker)
    return isRegistered
  }

  /** Keeps up the lease of a region that gets none from workers. Returns whether the region holds it now. */
  vouch(): Promise<boolean> {
    this.#vouching ??= this.#vouch()
      // The lease stays until the time for which it was given.
      .catch(() => false)
      .finally(() => {
        this.#vouching = undefined
      })
    return this.#vouching
  }

  /**
   * The lease is counted from before Postgres is asked. While Postgres is away a lease is extended by who has agreed on
   * the epoch before, but none begins: nobody knows whether this Redis still counts.
   */
  async #vouch(): Promise<boolean> {
    if (!this.#vouches || this.#region.redis.status !== 'ready') return false
    const marker = await this.#region.marker()
    const since = await this.#region.now()
    const registered = await this.#note(this.#register, marker).catch(() => undefined)
    // Opened again, it has a lease.
    if (registered === false) return (await this.#region.marker()) !== marker
    if (registered) this.#agreed = marker
    if (this.#agreed !== marker) return false
    if (!registered) return this.#lease.extendAlone(marker, since)
    return this.#region.renewLease(marker, since, this.#lease.ms)
  }

  async #note(register: EpochRegister | undefined, marker: string): Promise<boolean> {
    if (!register) return true
    await this.#requireTruth()
    return this.#requireOwn(marker, await this.#lease.note(register, marker))
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** The epoch that is there. Where a script asks for its lease, that need not be done here, too. */
  async #follow(asksForLease: boolean): Promise<string> {
    const marker = await followEpoch(this.#connection)
    if (asksForLease && !(await this.#holdsLease(marker)))
      throw new Error('No process of the service vouches for this Redis.')
    return marker
  }

  async #holdsLease(marker: string): Promise<boolean> {
    const { redis, names } = this.#region
    const until = await redis.get(`${names.states(marker)}lease`)
    return (await this.#region.now()) < Number(until ?? 0)
  }
}
