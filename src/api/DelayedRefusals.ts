import { setTimeout as delay } from 'node:timers/promises'

/** Refusals that wait at once; further ones are answered at once. */
export const MAX_DELAYED = 1_000

/**
 * Delays answers to callers who are refused, by `ms` on average: by half of that at least, by one and a half times that
 * at most. This slows down a caller who repeats a call at once, but not the others, and spreads calls that were refused
 * together.
 */
export class DelayedRefusals {
  readonly #ms: number
  readonly #onDelayed: () => void
  readonly #delay: (ms: number) => Promise<unknown>
  #waiting = 0

  constructor(
    ms: number,
    onDelayed: () => void,
    wait = (waitMs: number): Promise<unknown> => delay(waitMs, undefined, { ref: false }),
  ) {
    this.#ms = ms
    this.#onDelayed = onDelayed
    this.#delay = wait
  }

  async wait(): Promise<void> {
    if (this.#waiting >= MAX_DELAYED) return
    this.#waiting += 1
    this.#onDelayed()
    await this.#delay(this.#ms * (0.5 + Math.random()))
    this.#waiting -= 1
  }
}
