import type { DecidedVerification, Refusals } from '../metering/decidedBatch.ts'
import { ADMIT, AUTHENTICATE, STALE } from '../metering/decisionCodes.ts'
import type { UsageEvent } from '../metering/usageEvent.ts'
import { DAY_MS } from '../time.ts'

/** What was claimed for one account and UTC day; `day` in days since 1970. */
export type Accepted = {
  accountId: string
  day: number
  verifications: number
  refused: number
  events: number
  completions: number
}

/**
 * Counts what is accepted per account and day, apart from the buckets and in another way: by what came in, not by what
 * was made of it. Reconciliation holds the two against each other.
 */
export class AcceptedUsage {
  readonly days = new Map<string, Accepted>()
  #last: Accepted | undefined

  /** `by`: -1 takes out what was added. */
  addVerification({ accountId, at, code }: DecidedVerification, by: 1 | -1): void {
    const counts = this.#day(accountId, at)
    if (code === ADMIT) counts.verifications += by
    else if (code !== STALE && code !== AUTHENTICATE) counts.refused += by
  }

  addRefusals(refusals: Refusals): void {
    for (const { accountId, at, code, count } of refusals)
      if (code !== AUTHENTICATE) this.#day(accountId, at).refused += count
  }

  addEvent({ accountId, at, requestId }: UsageEvent): void {
    const counts = this.#day(accountId, at)
    if (requestId === undefined) counts.events += 1
    else counts.completions += 1
  }

  #day(accountId: string, at: number): Accepted {
    const day = Math.floor(at / DAY_MS)
    // Mostly the one before's: a batch has one time, and lists its requests by key.
    if (this.#last?.accountId === accountId && this.#last.day === day) return this.#last
    const name = `${accountId}:${day}`
    let counts = this.days.get(name)
    if (!counts) {
      counts = { accountId, day, verifications: 0, refused: 0, events: 0, completions: 0 }
      this.days.set(name, counts)
    }
    this.#last = counts
    return counts
  }
}
