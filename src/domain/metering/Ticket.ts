import type { AccountState, KeyState } from '../keys/keyState.ts'

/**
 * What a verifier knows of a key and its account, each with its version as the region compares it. `name` identifies a
 * state: one digest in one version.
 */
export type KnownKey = { name: string; state: KeyState; version: string; account: KnownAccount }
export type KnownAccount = { state: AccountState; version: string }

/** A service token and the version of its state that a verifier knows. */
export type TokenVersion = { digest: string; version: string }

/**
 * One request on its way through the script. `context` is what `contextOf` makes of it; `token` is the service token
 * that asks, where one does.
 */
export type Ticket = {
  key: KnownKey
  verdict: number
  units: number
  context: string
  once?: Once
  token?: TokenVersion
}

/**
 * A request that may be repeated: its Idempotency-Key's keyed hash, its own hash, and the tail that its request ID is
 * to have.
 */
export type Once = { name: string; requestHash: string; tail: string }
