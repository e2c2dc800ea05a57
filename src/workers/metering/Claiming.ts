import { sqlStateOf } from '../../platform/sqlState.ts'

const UNIQUE_VIOLATION = '23505'

/** Transactions at most that look at each ID before one is tried again as if all were new. */
const LONGEST = 64

/**
 * Nearly always all IDs of a transaction are new, and claiming new ones costs half of what it costs to look first. So a
 * transaction is tried as if they were; where one is not, all of it is rolled back and done again with a look at each.
 * Who repeats events will do so again: the next transactions look at once, twice as many with each failure.
 */
export class Claiming {
  #looks = 0
  #nextLooks = 1

  /** `run` is a whole transaction that passes `expectNew` on to `claimIds`. */
  async run(run: (expectNew: boolean) => Promise<void>): Promise<void> {
    if (this.#looks > 0) {
      this.#looks -= 1
      return run(false)
    }
    try {
      await run(true)
      this.#nextLooks = 1
    } catch (error) {
      if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error
      this.#looks = this.#nextLooks
      this.#nextLooks = Math.min(LONGEST, 2 * this.#nextLooks)
      await run(false)
    }
  }
}
