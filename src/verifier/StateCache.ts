import { type AccountState, type KeyState, regionVersionOf } from '../domain/keys/keyState.ts'
import type { KnownAccount, KnownKey } from '../domain/metering/Ticket.ts'

/**
 * Key states by digest, the least recently loaded leaving first; accounts are shared by their keys. It decides nothing
 * alone: each batch compares the versions with the region's.
 */
export class StateCache {
  readonly #keys = new Map<string, KnownKey>()
  readonly #accounts = new Map<string, KnownAccount>()
  readonly #maxKeys: number

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys
  }

  get(digest: string): KnownKey | undefined {
    return this.#keys.get(digest)
  }

  /** Keeps a state. An older one than before does no harm: the next batch finds its version stale. */
  put(key: KeyState, account: AccountState): KnownKey {
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
  #putAccount(state: AccountState): KnownAccount {
    const known = this.#accounts.get(state.accountId)
    if (known) {
      known.state = state
      known.version = String(regionVersionOf(state))
      return known
    }
    const fresh = { state, version: String(regionVersionOf(state)) }
    this.#accounts.set(state.accountId, fresh)
    return fresh
  }
}
