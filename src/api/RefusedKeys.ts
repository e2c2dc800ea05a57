import type { DelayedRefusals } from './DelayedRefusals.ts'

/** Refusals of one key that a process answers at once, per second. */
export const REFUSALS_PER_SECOND = 20
/** How long further ones are delayed, on average. 150 ms at most: Envoy gives up a question after 200 ms. */
export const REFUSED_KEY_MS = 100

const SECOND_MS = 1_000

/**
 * Slows down who goes on to use a key that is refused, over its limit for example: each refusal costs as much as an
 * admission. Keys that nobody knows are not concerned, see `UnknownLimit`.
 */
export class RefusedKeys {
  readonly #delayed: DelayedRefusals
  readonly #now: () => number
  #second = 0
  #counts = new Map<string, number>()

  constructor(delayed: DelayedRefusals, now: () => number = Date.now) {
    this.#delayed = delayed
    this.#now = now
  }

  /** Counts a refusal of this key, and answers it at once, or after a while. */
  refuse(keyId: string, answer: () => void): void {
    const second = Math.floor(this.#now() / SECOND_MS)
    if (second !== this.#second) {
      this.#second = second
      this.#counts = new Map()
    }
    const count = (this.#counts.get(keyId) ?? 0) + 1
    this.#counts.set(keyId, count)
    if (count <= REFUSALS_PER_SECOND) answer()
    else void this.#delayed.wait().then(answer)
  }
}
