import { setTimeout as delay } from 'node:timers/promises'
import type { UsageEvent } from '../domain/metering/usageEvent.ts'
import { PRIMARY } from '../domain/regions.ts'
import { shardNames, shardOf } from '../domain/shards.ts'
import { within } from '../platform/within.ts'
import { Region } from '../region/Region.ts'
import type { RegionLog, RegionOptions } from '../region/regionOptions.ts'
import type { Shards } from '../region/shards.ts'
import { Asks } from './Asks.ts'
import { Reporter } from './Reporter.ts'
import { ServiceTokenRefused, TokenWatch } from './TokenWatch.ts'
import { TruthByAsking } from './TruthByAsking.ts'
import { type Presented, type Verification, Verifier } from './Verifier.ts'

/** How long requests that are under way have when the region has another number of shards. */
const LEAVE_MS = 2_000

export type ShardedOptions = {
  redisUrl: string
  serviceToken: string
  region: string
  kind: RegionOptions['kind']
  keyPrefix: string
  maxCachedKeys: number
  onError: (error: unknown) => void
  log: RegionLog
}

/**
 * Verifies in a region of so many shards: needs its Redis alone; what only Postgres knows is asked through it, and
 * answered by the service's workers. `onOtherShards` gets the number that the region has, if it has another.
 */
export class ShardedVerifier {
  readonly #shards: Shards
  readonly #asks: Asks
  readonly #token: TokenWatch
  readonly #verifier: Verifier
  readonly #reporters: Reporter[]

  constructor(options: ShardedOptions, count: number, onOtherShards: (count: number) => void) {
    const { redisUrl, serviceToken, region: name, kind, keyPrefix, maxCachedKeys, onError, log } = options
    const open = (shard: string) =>
      new Region({ name: shard, shards: count, url: redisUrl, kind, onOtherShards }, log)
    const [, ...others] = shardNames(name, count)
    const shards: Shards = [open(name), ...others.map(open)]
    const asks = new Asks(shards[0], redisUrl)
    const truth = new TruthByAsking(shards, asks)
    const token = new TokenWatch({ shards, asks }, { token: serviceToken, prefix: keyPrefix }, onError)
    const verifier = new Verifier({
      shards,
      fillFromTruth: truth.fill,
      importedForms: truth.importedForms,
      quotas: name === PRIMARY ? undefined : truth.quotas,
      keyPrefix,
      maxCachedKeys,
      hooks: { onBatch: () => {}, onVerified: () => {} },
    })
    const mayReport = () => token.confirming('report', (current) => verifier.confirmToken(current))
    this.#shards = shards
    this.#asks = asks
    this.#token = token
    this.#verifier = verifier
    // One for each shard, so that reports for one that is away hold up no others.
    this.#reporters = shards.map((shard) => new Reporter(shard, mayReport, onError))
  }

  verify(request: Presented): Promise<Verification> {
    return this.#token.confirming('verify', (token) => this.#verifier.verify({ ...request, token }))
  }

  /** Never waits and never throws. */
  report(event: UsageEvent): void {
    this.#reporters[shardOf(event.accountId, this.#shards.length)]?.add(event)
  }

  /** Resolves once it can verify. Throws ServiceTokenRefused, or RegionUnavailable after `boundMs`. */
  async ready(boundMs: number): Promise<void> {
    const until = performance.now() + boundMs
    await Promise.any(this.#shards.map((shard) => shard.ready(boundMs))).catch(({ errors }) => {
      throw errors[0]
    })
    for (;;) {
      try {
        await this.#token.require()
        return
      } catch (error) {
        if (error instanceof ServiceTokenRefused || performance.now() > until) throw error
        await delay(50)
      }
    }
  }

  /** Stops, and returns the reports that were not stored, or perhaps were. */
  leave(): UsageEvent[] {
    const left = this.#reporters.flatMap((reporter) => reporter.leave())
    void this.#end(LEAVE_MS, [])
    return left
  }

  /** Answers what is under way and stores the reports, within about `boundMs`. */
  close(boundMs: number): Promise<void> {
    return this.#end(boundMs, this.#reporters)
  }

  async #end(boundMs: number, reporters: Reporter[]): Promise<void> {
    this.#token.close()
    await within(boundMs, this.#verifier.drain()).catch(() => {})
    await Promise.all(reporters.map((reporter) => reporter.close(boundMs)))
    this.#asks.close()
    await Promise.all(this.#shards.map((shard) => shard.close()))
  }

  get droppedReports(): number {
    return this.#reporters.reduce((sum, { dropped }) => sum + dropped, 0)
  }
}
