import type { AccountState, KeyState } from '../domain/keys/keyState.ts'
import type { Region } from '../region/Region.ts'
import type { CachedKey, StateCache } from './StateCache.ts'

/** Brings states by digest from the truth into the region and answers them; unknown digests are absent. */
export type FillFromTruth = (digests: string[]) => Promise<{ key: KeyState; account: AccountState }[]>

type Waiter = { resolve: (key: CachedKey | undefined) => void; reject: (error: unknown) => void }

/**
 * Fills the cache: from the region, else from the truth by way of the region, where a version
 * check refuses a fill that has become old meanwhile. Digests asked for in the same tick are read together.
 */
export class StateLoader {
  readonly #region: Region
  readonly #cache: StateCache
  readonly #fillFromTruth: FillFromTruth
  #wanted = new Map<string, Waiter[]>()

  constructor(region: Region, cache: StateCache, fillFromTruth: FillFromTruth) {
    this.#region = region
    this.#cache = cache
    this.#fillFromTruth = fillFromTruth
  }

  /** The key's present state, or undefined where no key has this digest. Throws RegionUnavailable, or what the truth threw. */
  load(digest: string): Promise<CachedKey | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#wanted.size === 0) setImmediate(() => this.#flush())
      const waiters = this.#wanted.get(digest)
      if (waiters) waiters.push({ resolve, reject })
      else this.#wanted.set(digest, [{ resolve, reject }])
    })
  }

  #flush(): void {
    const wanted = this.#wanted
    this.#wanted = new Map()
    this.#read([...wanted.keys()]).then(
      (found) => {
        for (const [digest, waiters] of wanted) {
          for (const waiter of waiters) waiter.resolve(found.get(digest))
        }
      },
      (error) => {
        for (const waiters of wanted.values()) for (const waiter of waiters) waiter.reject(error)
      },
    )
  }

  async #read(digests: string[]): Promise<Map<string, CachedKey>> {
    const found = new Map<string, CachedKey>()
    const known = await this.#region.getStates(digests)
    const missing = digests.filter((digest, index) => {
      const state = known[index]
      if (state) found.set(digest, this.#cache.put(state.key, state.account))
      return !state
    })
    if (missing.length === 0) return found
    for (const { key, account } of await this.#fillFromTruth(missing))
      found.set(key.digest, this.#cache.put(key, account))
    return found
  }
}
