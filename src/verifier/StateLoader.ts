import type { LoadedState } from '../domain/keys/keyState.ts'
import type { Region } from '../region/Region.ts'
import type { CachedKey, StateCache } from './StateCache.ts'

/** Reads states by digest from the truth; unknown digests are absent. */
export type LoadFromTruth = (digests: string[]) => Promise<LoadedState[]>

type Waiter = { resolve: (key: CachedKey | undefined) => void; reject: (error: unknown) => void }

/**
 * Fills the cache: from the region, else from Postgres and then into the region, where a version check
 * refuses a fill that has become old meanwhile. Digests asked for in the same tick are read together.
 */
export class StateLoader {
  readonly #region: Region
  readonly #cache: StateCache
  readonly #loadFromTruth: LoadFromTruth
  #wanted = new Map<string, Waiter[]>()

  constructor(region: Region, cache: StateCache, loadFromTruth: LoadFromTruth) {
    this.#region = region
    this.#cache = cache
    this.#loadFromTruth = loadFromTruth
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
    const loaded = await this.#region.fill(() => this.#loadFromTruth(missing))
    for (const { key, account } of loaded) found.set(key.digest, this.#cache.put(key, account))
    return found
  }
}
