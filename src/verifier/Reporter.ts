import { setTimeout as delay } from 'node:timers/promises'
import type { UsageEvent } from '../domain/metering/usageEvent.ts'
import type { Region } from '../region/Region.ts'
import { storeEvents } from '../region/storeEvents.ts'
import { ServiceTokenRefused } from './TokenWatch.ts'

const BATCH = 500
const INTERVAL_MS = 100
/** Reports kept while the region is away; the oldest leave first. Their requests are counted all the same. */
const CAPACITY = 50_000
const LONGEST_PAUSE_MS = 1_000

/**
 * Stores reports in their shard, in batches and in their order; a batch leaves memory only once the shard has it. A
 * report that is stored twice counts once, by its id.
 */
export class Reporter {
  readonly #shard: Region
  readonly #requireToken: () => Promise<void>
  readonly #onError: (error: unknown) => void
  #waiting: UsageEvent[] = []
  #running: Promise<void> | undefined
  #closing = new AbortController()
  #deadline = Number.POSITIVE_INFINITY
  #dropped = 0

  /** `requireToken` throws ServiceTokenRefused where the token may not report: its reports are dropped. */
  constructor(shard: Region, requireToken: () => Promise<void>, onError: (error: unknown) => void) {
    this.#shard = shard
    this.#requireToken = requireToken
    this.#onError = onError
  }

  /** Reports that were dropped because too many were waiting, or that `close` could not store. */
  get dropped(): number {
    return this.#dropped
  }

  /** Never waits and never throws. */
  add(event: UsageEvent): void {
    this.#waiting.push(event)
    // Rarely, and many at once: taking off the front moves all others.
    if (this.#waiting.length >= CAPACITY + BATCH) this.#drop(this.#waiting.length - CAPACITY)
    this.#running ??= this.#storeAll().finally(() => {
      this.#running = undefined
    })
  }

  /** Stores what is left, trying for `boundMs` at most. */
  async close(boundMs: number): Promise<void> {
    this.#deadline = performance.now() + boundMs
    this.#closing.abort()
    await this.#running
    this.#drop(this.#waiting.length)
  }

  /** Stops, and returns what was not stored. A batch on its way is among it. */
  leave(): UsageEvent[] {
    this.#deadline = 0
    this.#closing.abort()
    return this.#waiting.splice(0)
  }

  #drop(count: number): void {
    if (count === 0) return
    this.#waiting.splice(0, count)
    this.#dropped += count
    this.#onError(new Error(`${this.#dropped} reports of usage were dropped so far`))
  }

  async #storeAll(): Promise<void> {
    let failures = 0
    while (this.#waiting.length > 0 && performance.now() < this.#deadline) {
      if (failures > 0 || this.#waiting.length < BATCH) await this.#pause(failures)
      const batch = this.#waiting.slice(0, BATCH)
      const dropped = this.#dropped
      try {
        await this.#requireToken()
        await storeEvents([this.#shard], batch, Date.now())
        this.#waiting.splice(0, Math.max(0, batch.length - (this.#dropped - dropped)))
        failures = 0
      } catch (error) {
        if (failures === 0) this.#onError(error)
        if (error instanceof ServiceTokenRefused) this.#drop(this.#waiting.length)
        failures += 1
      }
    }
  }

  async #pause(failures: number): Promise<void> {
    const longest = Math.min(INTERVAL_MS * 2 ** failures, LONGEST_PAUSE_MS)
    const { signal } = this.#closing
    if (signal.aborted) await delay(failures === 0 ? 0 : Math.min(longest, INTERVAL_MS))
    else await delay(longest, undefined, { signal }).catch(() => {})
  }
}
