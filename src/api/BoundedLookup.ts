import { UnknownLimit } from '../verifier/UnknownLimit.ts'
import { Problem } from './problems.ts'
import { toProblem } from './toProblem.ts'

/** Digests that are remembered. Beyond that, the one that was not used for longest is forgotten. */
const MAX_KNOWN = 10_000

type Outcome = 'found' | 'nowhere' | 'failed'

type Options = {
  /** What is looked up, as callers read it: `sessions`. */
  what: string
  /** Of secrets that this process did not know. */
  onLookup?: (outcome: Outcome) => void
  now?: () => number
}

/**
 * Looks up secrets of one kind in Postgres, and bounds by network and minute those that nobody knows. A secret that was
 * valid when this process last saw it is looked up in any case: whoever holds it guesses nothing. Nothing is accepted
 * from memory, so one that has ended is refused at once.
 */
export class BoundedLookup {
  readonly #what: string
  readonly #onLookup: Options['onLookup']
  readonly #limit: UnknownLimit
  readonly #known = new Set<string>()

  constructor({ what, onLookup, now }: Options) {
    this.#what = what
    this.#onLookup = onLookup
    this.#limit = new UnknownLimit(now)
  }

  /**
   * Returns what `find` does. If that is undefined or a refusal is thrown, it counts as unknown; a failure of ours
   * (5xx) does not. `digest`: of a secret that is presented many times, which is remembered when it is found.
   * Throws Problem `rate-limit-exceeded`, without calling `find`, if the address has used up its unknown secrets.
   */
  async find<Found>(ip: string, find: () => Promise<Found>, digest?: string): Promise<Found> {
    const isKnown = digest !== undefined && this.#known.has(digest)
    if (!isKnown && this.#limit.isReached(ip)) throw this.#tooMany()
    // Counted before the outcome is known, so that look-ups that run at the same time cannot exceed the limit.
    const giveBack = isKnown ? undefined : this.#limit.add(ip)
    let outcome: Outcome = 'failed'
    try {
      const found = await find()
      outcome = found === undefined ? 'nowhere' : 'found'
      return found
    } catch (error) {
      if (toProblem(error).status < 500) outcome = 'nowhere'
      throw error
    } finally {
      if (!isKnown) this.#onLookup?.(outcome)
      if (outcome !== 'nowhere') giveBack?.()
      else if (isKnown) this.#limit.add(ip)
      if (digest !== undefined && outcome === 'found') this.remember(digest)
      if (digest !== undefined && outcome === 'nowhere') this.forget(digest)
    }
  }

  /** Counts a secret that was found like an unknown one. */
  count(ip: string): void {
    this.#limit.add(ip)
  }

  /** For a secret that was just given out, too. */
  remember(digest: string): void {
    this.#known.delete(digest)
    const [oldest] = this.#known
    if (oldest !== undefined && this.#known.size >= MAX_KNOWN) this.#known.delete(oldest)
    this.#known.add(digest)
  }

  forget(digest: string): void {
    this.#known.delete(digest)
  }

  #tooMany(): Problem {
    return new Problem('rate-limit-exceeded', {
      detail: `Too many unknown ${this.#what} came from this address. Try again in a minute.`,
      retryAfter: 60,
    })
  }
}
