import type { CachedKey } from './StateCache.ts'

/** One request on its way through the script. `context` is a JSON list `[ip, endpoint, method]`. */
export type Ticket = { key: CachedKey; verdict: number; units: number; context: string; once?: Once }

/**
 * A request that may be repeated: its Idempotency-Key's keyed hash, its own hash, and the tail that its request ID is
 * to have.
 */
export type Once = { name: string; requestHash: string; tail: string }

/**
 * The script's word on one request: its code, and the counts of its key (month: of its account) after it. `repeated`:
 * the first request with its Idempotency-Key had a decision, and nothing was counted for this one; `tail` is that of
 * the first one's ID.
 */
export type Decision = {
  code: number
  inMinute: number
  inDay: number
  renders: number
  now: number
  repeated?: true
  tail?: string
}
