import type { AccountState, KeyState } from '../domain/keys/keyState.ts'

/**
 * What is known of a key. It decides nothing alone: each batch compares the versions with the region's. `name`
 * identifies a state: one digest in one version.
 */
export type CachedKey = { name: string; state: KeyState; version: string; account: CachedAccount }
export type CachedAccount = { state: AccountState; version: string }

/** Key states by digest, the least recently loaded leaving first; accounts are shared by their keys. */
export class StateCache {
  readonly #keys = new Map<string, CachedKey>()
  readonly #accounts = new Map<string, CachedAccount>()
  readonly #maxKeys: number

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys
  }

  get(digest: string): CachedKey | undefined {
    return this.#keys.get(digest)
  }

  /** Keeps a state. An older one than before does no harm: the next batch finds its version stale. */
  put(key: KeyState, account: AccountState): CachedKey {
    const version = String(key.version)
    const cached = {
      name: `${key.digest}:${version}`,
      state: key,
      version,
      account: this.#putAccount(account),
    }
    this.#keys.delete(key.digest)
    this.#keys.set(key.digest, cached)
    if (this.#keys.size > this.#maxKeys) {
      const oldest = this.#keys.keys().next().value
      if (oldest !== undefined) this.#keys.delete(oldest)
    }
    return cached
  }

  drop(digest: string): void {
    this.#keys.delete(digest)
  }

  get size(): number {
    return this.#keys.size
  }

  /** One object per account, changed in place: all its keys see a new plan at once. */
  #putAccount(state: AccountState): CachedAccount {
    const known = this.#accounts.get(state.accountId)
    if (known) {
      known.state = state
      known.version = String(state.version)
      return known
    }
    const fresh = { state, version: String(state.version) }
    this.#accounts.set(state.accountId, fresh)
    return fresh
  }
}
