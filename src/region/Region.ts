import type { Redis } from 'ioredis'
import type { AccountState, KeyState, LoadedState } from '../domain/keys/keyState.ts'
import { OtherShards } from '../domain/layout.ts'
import { placeOfShard, shardOf } from '../domain/shards.ts'
import { namesIn, type RedisNames } from '../platform/redisNames.ts'
import { within } from '../platform/within.ts'
import { connectRegion, untilConnected } from './connectRegion.ts'
import { Epochs } from './Epochs.ts'
import { Failover } from './Failover.ts'
import { Journal } from './Journal.ts'
import { NothingRan, RegionUnavailable } from './RegionUnavailable.ts'
import type { RegionLog, RegionOptions } from './regionOptions.ts'
import { type Counting, type InEpoch, PASSED_ON, type ScriptName, ScriptRunner } from './ScriptRunner.ts'
import { type BeforeFill, stateRows } from './stateRows.ts'

/** How long anything that a caller waits for may take in a region, opening included, in ms; then it is given up. */
export const BOUND_MS = 800

/** How much of that is kept for the answer's way back: a script that counts something runs before that, or never. */
export const ANSWER_MS = 300

/**
 * One shard of a region, and with one shard the region: the Redis that holds the state and the counters of its share of
 * the accounts, near their verifiers. Commands fail at once while it is away (nothing waits in a queue to be decided
 * late), and each carries the marker that this very connection agreed on, so that a restarted or restored Redis is
 * never mistaken for the one before.
 */
export class Region {
  readonly name: string
  /** How many shards its region has. */
  readonly shards: number
  readonly redis: Redis
  readonly names: RedisNames
  readonly kind: RegionOptions['kind']
  readonly failover: Failover
  /** BullMQ's key prefix of the queue to which this region's scripts add metering jobs. */
  readonly meteringPrefix: string
  /** The same of the queue whose jobs count slots. */
  readonly slotsPrefix: string
  /** What ended, as far as the region has it. */
  readonly journal: Journal
  readonly #place: number
  #marker: string | undefined
  #opening: Promise<string> | undefined
  /** How often the connection was lost. */
  #losses = 0
  /** By how many ms this connection's Redis is ahead of `performance.now()`, at least. */
  #ahead = 0
  readonly #epochs: Epochs
  readonly #scripts: ScriptRunner
  readonly #onOtherShards: RegionOptions['onOtherShards']

  constructor({ name, shards = 1, url, kind, register, onOtherShards }: RegionOptions, log: RegionLog) {
    const place = placeOfShard(name)
    this.name = name
    this.shards = shards
    this.#place = place
    this.kind = kind
    this.names = namesIn(url, place)
    this.meteringPrefix = this.names.queue('metering', name)
    this.slotsPrefix = this.names.queue('slots', name)
    this.redis = connectRegion(url, place, (error) =>
      log.warn({ region: name, reason: error.message }, 'the region is away'),
    )
    this.failover = new Failover(url, this.redis, this.names)
    this.#scripts = new ScriptRunner(this.redis, this.names, this.failover)
    this.journal = new Journal(name, this, register?.holds)
    this.redis.on('close', () => {
      this.#losses += 1
      this.#marker = undefined
    })
    this.redis.on('ready', () => {
      this.#open().catch((error) => log.warn({ err: error, region: name }, 'the region could not be opened'))
    })
    this.#onOtherShards = onOtherShards
    this.#epochs = new Epochs(this, register, {
      beginEpoch: async (before, marker) =>
        Number(await this.#scripts.run('beginEpoch', this.names.prefix, before ?? '', marker)) === 1,
      onOver: (marker) => {
        log.warn({ region: name }, 'the region began a new epoch on another Redis, or for another name')
        if (this.#marker === marker) this.#marker = undefined
      },
    })
  }

  /** Whether an account lives in this shard. */
  holds(accountId: string): boolean {
    return shardOf(accountId, this.shards) === this.#place
  }

  /** The marker of the connection in use, if there is one now. */
  get openMarker(): string | undefined {
    return this.#marker
  }

  /** The marker of the connection in use. Throws RegionUnavailable while there is none. */
  async marker(): Promise<string> {
    return this.#marker ?? (await this.#bounded(performance.now() + BOUND_MS, this.#open()))
  }

  /** Resolves once the region can be used; throws RegionUnavailable where it cannot within `boundMs`. */
  async ready(boundMs: number): Promise<void> {
    await this.connected(boundMs)
    await (this.#marker ?? this.#open())
  }

  /** Resolves once the region's Redis answers; throws RegionUnavailable where it does not within `boundMs`. */
  async connected(boundMs: number): Promise<void> {
    await untilConnected(this.redis, boundMs).catch(() => {
      throw new RegionUnavailable(`The Redis of region ${this.name} does not answer.`)
    })
  }

  #open(): Promise<string> {
    this.#opening ??= this.#agree().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #agree(): Promise<string> {
    const losses = this.#losses
    try {
      const marker = await this.#epochs.open()
      await this.failover.begin(marker)
      // Meanwhile the connection may have become another: then the marker is not its own.
      if (losses !== this.#losses) throw new Error('the connection was lost')
      this.#marker = marker
      return marker
    } catch (error) {
      if (error instanceof OtherShards) this.#onOtherShards?.(error.shards)
      this.failover.lookAgain()
      throw new RegionUnavailable(`The region ${this.name} could not be opened.`, { cause: error })
    }
  }

  /** Drops the marker if it is no longer the registered one: the next use of the region then begins a new epoch. */
  async check(): Promise<void> {
    if (this.#marker) await this.#epochs.check(this.#marker)
  }

  /**
   * Runs a script under the marker; on `CLOSED` agrees on a new one and tries again, twice at most. Throws
   * RegionUnavailable after `BOUND_MS`: whether the script has run, or still will, is then unknown.
   */
  run(
    script: Exclude<ScriptName, 'beginEpoch' | InEpoch | Counting>,
    ...args: (string | number)[]
  ): Promise<unknown[]> {
    return this.#bounded(
      performance.now() + BOUND_MS,
      this.#runUnderAny(script, () => args),
    )
  }

  /**
   * Runs a script that counts or takes something, for callers who are given up at `until`, a time of
   * `performance.now()`: then it throws RegionUnavailable, or NothingRan. The script gets a deadline by the region's
   * own clock, `ANSWER_MS` before that. One that was held up on its way (in the socket of a Redis that hung) does
   * nothing when it runs at last.
   */
  runUntil(
    until: number,
    script: Counting,
    args: (deadline: number) => (string | number)[],
  ): Promise<unknown[]> {
    const last = until - ANSWER_MS
    const run = this.#runUnderAny(script, () => {
      if (performance.now() > last) throw this.#late(NothingRan)
      return args(Math.floor(this.#ahead + last))
    })
    return this.#bounded(until, run)
  }

  async #runUnderAny(script: ScriptName, args: () => (string | number)[]): Promise<unknown[]> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const marker = this.#marker ?? (await this.#open())
      const answer = await this.#runUnder(marker, script, args())
      if (answer && answer[0] !== 'LAPSED') return answer
      // A process that was stopped for a while is itself who can vouch for the region again.
      if (answer && !(await this.#epochs.vouch())) {
        this.failover.lookAgain()
        throw new NothingRan(`The region ${this.name} holds no lease.`)
      }
    }
    throw new NothingRan(`The region ${this.name} is being opened.`)
  }

  /**
   * The answer to a plain command for which a caller waits. Throws RegionUnavailable, after `BOUND_MS` at the latest.
   */
  answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return this.#bounded(performance.now() + BOUND_MS, answer).catch((error) => {
      throw new RegionUnavailable(`The region ${this.name} did not answer.`, { cause: error })
    })
  }

  /** The promise's outcome; throws RegionUnavailable at `until`, a time of `performance.now()`. */
  #bounded<Value>(until: number, promise: Promise<Value>): Promise<Value> {
    return within(until - performance.now(), promise, () => this.#late())
  }

  #late(Kind = RegionUnavailable): RegionUnavailable {
    return new Kind(`The region ${this.name} did not answer in time.`)
  }

  /**
   * The clock was read before its answer came, so the region is ahead of ours by this difference at least. A deadline
   * that is worked out from it is never too late; an answer that was long on its way makes it too early, until the next
   * one.
   */
  #noteClock(now: number): void {
    this.#ahead = now - performance.now()
  }

  /** Runs a script in this very epoch; undefined where another has begun. Throws RegionUnavailable. */
  runIn(marker: string, script: InEpoch, ...args: string[]): Promise<unknown[] | undefined> {
    return this.#runUnder(marker, script, args)
  }

  /**
   * The script's answer, `PASSED_ON` among them; undefined where it did nothing: the marker is no longer the
   * region's, or its deadline was over.
   */
  async #runUnder(
    marker: string,
    script: ScriptName,
    args: (string | number)[],
  ): Promise<unknown[] | undefined> {
    const answer = await this.#scripts.run(script, marker, this.names.prefix, ...args).catch(this.#away)
    if (answer[0] === 'OK') {
      if (script === 'admit' || script === 'reserve') this.#noteClock(Number(answer[1]))
      return answer
    }
    if (PASSED_ON.has(String(answer[0]))) return answer
    if (answer[0] === 'LATE') this.#noteClock(Number(answer[1]))
    else if (this.#marker === marker) this.#marker = undefined
    return undefined
  }

  readonly #away = (cause: unknown): never => {
    throw new RegionUnavailable(`The region ${this.name} did not answer.`, { cause })
  }

  /** The region's clock, Unix ms. Throws RegionUnavailable. */
  async now(): Promise<number> {
    const [seconds, micros] = await this.redis.time().catch(this.#away)
    const now = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
    this.#noteClock(now)
    return now
  }

  /**
   * Lets the region admit requests for `ms` from `since`, a time of its own clock, in the epoch of `marker` alone: read
   * both clock and marker before Postgres. Without `begins` it only extends a lease that has not run out.
   */
  async renewLease(marker: string, since: number, ms: number, begins = true): Promise<boolean> {
    return (await this.#runUnder(marker, 'renewLease', [since, ms, begins ? 1 : 0]))?.[0] === 'OK'
  }

  /** The states that the region knows, in the order of the digests; `undefined` for what it does not know. */
  async getStates(digests: string[]): Promise<({ key: KeyState; account: AccountState } | undefined)[]> {
    const answer = (await this.run('getStates', ...digests)) as string[]
    return digests.map((_, index) => {
      const [key, account] = answer.slice(1 + index * 2, 3 + index * 2)
      return key && account ? { key: JSON.parse(key), account: JSON.parse(account) } : undefined
    })
  }

  /** What to remember before states are read that are to be stored. Throws RegionUnavailable. */
  async beforeFill(): Promise<BeforeFill> {
    const marker = await this.marker()
    const count = this.redis.hget(`${this.names.states(marker)}sweep`, 'count')
    const [sweeps, head] = await this.answered(Promise.all([count, this.journal.head()]))
    return { marker, sweeps: sweeps ?? '0', head }
  }

  /**
   * Stores states, each only over an older version; any later batch sees them. `before` is from before the states were
   * read. If the region has begun a new epoch since, or has removed states, they may be older than what it has
   * forgotten: then they are not written, and the answer is false. Read them again.
   */
  async putStates(states: LoadedState[], { marker, sweeps }: BeforeFill): Promise<boolean> {
    if (states.length === 0) return true
    return (await this.#runUnder(marker, 'putStates', [stateRows(states), sweeps]))?.[0] === 'OK'
  }

  get isClosed(): boolean {
    return this.redis.status === 'end'
  }

  async close(): Promise<void> {
    this.#epochs.close()
    this.failover.close()
    this.redis.disconnect()
  }
}
