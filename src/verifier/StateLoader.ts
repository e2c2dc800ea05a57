import type { AccountState, KeyState } from '../domain/keys/keyState.ts'
import type { KnownKey } from '../domain/metering/Ticket.ts'
import { GroupedLookup } from '../platform/GroupedLookup.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import { getStates, type Shards } from '../region/shards.ts'
import type { StateCache } from './StateCache.ts'

/** Brings states by digest from the truth into the region and returns them; unknown digests are absent. */
export type FillFromTruth = (digests: string[]) => Promise<{ key: KeyState; account: AccountState }[]>

/** Where a state that was not in memory came from; `remembered`: known to be nowhere without asking again. */
export type LookupOutcome = 'region' | 'truth' | 'nowhere' | 'remembered' | 'failed'

/** What a region said of a digest: its state, or in which epochs none of its shards had one. */
type Near = { key: KnownKey } | { key: undefined; marker: string | undefined }

/** How long a caller waits for a state, and then gets a 503: twice, the region first. */
export const STATE_WAIT_MS = 2_000

/** A digest that no key has is not asked for again at once: whoever guesses keys costs a question a second at most. */
const ABSENT_MS = 1_000
const MAX_ABSENT = 10_000

/**
 * Fills the cache: from the region, else from the truth by way of the region, where a version check refuses a fill
 * that has become old meanwhile. Of each it asks one question at a time.
 *
 * That a digest is no key's is remembered for a second, and never hides a key that was created since. A create
 * answers once every region has the key, so a verification that starts later finds it in the region, which is always
 * asked first. Where it does not, the region has begun another epoch since the create, and what is remembered holds
 * for the epoch in which it was learned: the truth was read after that had begun. (A region whose lease has run out
 * need not have the key. It admits nothing until it has: there, a 401 may come instead of a 503.)
 */
export class StateLoader {
  readonly #shards: Shards
  readonly #cache: StateCache
  readonly #fillFromTruth: FillFromTruth
  readonly #onLookup: (outcome: LookupOutcome) => void
  readonly #near: GroupedLookup<Near>
  readonly #truth: GroupedLookup<KnownKey>
  /** Digests that no key had: in which epoch, and until when that is believed. The oldest come first. */
  readonly #absent = new Map<string, { marker: string; until: number }>()

  constructor(
    shards: Shards,
    cache: StateCache,
    fillFromTruth: FillFromTruth,
    onLookup: (outcome: LookupOutcome) => void = () => {},
  ) {
    this.#shards = shards
    this.#cache = cache
    this.#fillFromTruth = fillFromTruth
    this.#onLookup = onLookup
    const giveUp = (reason: string) => new RegionUnavailable(`A key could not be looked up: ${reason}.`)
    this.#near = new GroupedLookup((digests) => this.#readRegion(digests), { waitMs: STATE_WAIT_MS, giveUp })
    this.#truth = new GroupedLookup((digests) => this.#readTruth(digests), { waitMs: STATE_WAIT_MS, giveUp })
  }

  /**
   * The key's current state, or undefined where no key has this digest. Throws RegionUnavailable, or what the truth
   * threw.
   */
  async load(digest: string): Promise<KnownKey | undefined> {
    try {
      const near = await this.#near.get(digest)
      if (near?.key) return this.#reported('region', near.key)
      if (this.#isAbsent(digest, near?.marker)) return this.#reported('remembered', undefined)
      const key = await this.#truth.get(digest)
      return this.#reported(key ? 'truth' : 'nowhere', key)
    } catch (error) {
      this.#onLookup('failed')
      throw error
    }
  }

  #reported(outcome: LookupOutcome, key: KnownKey | undefined): KnownKey | undefined {
    this.#onLookup(outcome)
    return key
  }

  async #readRegion(digests: string[]): Promise<Map<string, Near>> {
    const before = this.#marker()
    const { states, isWhole } = await getStates(this.#shards, digests)
    const marker = isWhole && before === this.#marker() ? before : undefined
    return new Map(
      digests.map((digest) => {
        const state = states.get(digest)
        return [
          digest,
          state ? { key: this.#cache.put(state.key, state.account) } : { key: undefined, marker },
        ]
      }),
    )
  }

  /** The epochs that the region is in; undefined while one of its shards is in none that this process knows. */
  #marker(): string | undefined {
    const markers = this.#shards.map(({ openMarker }) => openMarker)
    return markers.includes(undefined) ? undefined : markers.join()
  }

  async #readTruth(digests: string[]): Promise<Map<string, KnownKey>> {
    // Before the truth is read: see above.
    const marker = this.#marker()
    const found = new Map<string, KnownKey>()
    for (const { key, account } of await this.#fillFromTruth(digests))
      found.set(key.digest, this.#cache.put(key, account))
    if (marker !== undefined)
      for (const digest of digests) if (!found.has(digest)) this.#remember(digest, marker)
    return found
  }

  #remember(digest: string, marker: string): void {
    this.#absent.delete(digest)
    this.#absent.set(digest, { marker, until: performance.now() + ABSENT_MS })
    if (this.#absent.size <= MAX_ABSENT) return
    const oldest = this.#absent.keys().next().value
    if (oldest !== undefined) this.#absent.delete(oldest)
  }

  #isAbsent(digest: string, marker: string | undefined): boolean {
    const known = this.#absent.get(digest)
    return known !== undefined && known.marker === marker && known.until > performance.now()
  }
}
