import type { EventTuple, Refusals, VerificationCodes, Verifications } from './UsageBatch.ts'

const DAY = 86_400_000

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

  /** `by`: -1 takes out what was added. */
  addVerifications(batch: Verifications, codes: VerificationCodes, by: 1 | -1 = 1): void {
    const decided = batch.results.split(',').filter((_, place) => place % 4 === 0)
    let next = 0
    for (const group of batch.groups) {
      const counts = this.#day(batch.accounts[(group[0] ?? 0) - 1] ?? '', batch.at)
      for (let member = 3; member < group.length; member += 3) {
        const code = Number(decided[next++])
        if (code === codes.admitted) counts.verifications += by
        else if (code !== codes.stale && code !== codes.authenticated) counts.refused += by
      }
    }
  }

  addRefusals(refusals: Refusals, codes: VerificationCodes): void {
    for (const { accountId, at, code, count } of refusals)
      if (code !== codes.authenticated) this.#day(accountId, at).refused += count
  }

  addEvent([, , accountId, at, , , , completes]: EventTuple): void {
    const counts = this.#day(accountId, at)
    if (completes === null) counts.events += 1
    else counts.completions += 1
  }

  #day(accountId: string, at: number): Accepted {
    const day = Math.floor(at / DAY)
    const name = `${accountId}:${day}`
    let counts = this.days.get(name)
    if (!counts) {
      counts = { accountId, day, verifications: 0, refused: 0, events: 0, completions: 0 }
      this.days.set(name, counts)
    }
    return counts
  }
}
