import { KeysProblem } from '@pictify/keys-client'
import type { Keys } from './keys.ts'

/** `units`: pictures by live keys; test keys are free. */
export type BilledDay = { day: string; revision: number; units: number }

/**
 * What customers used per UTC day, from the record of lifecycle events. Stands in for the company's database, which
 * keeps the cursor with the days: what is read twice changes nothing, because a day's greatest revision replaces it.
 */
export class BilledUsage {
  readonly #keys: Keys
  readonly #byAccount = new Map<string, Map<string, BilledDay>>()
  #cursor: string | undefined

  constructor(keys: Keys) {
    this.#keys = keys
  }

  /** Takes in what has been recorded since the last call. */
  async update(): Promise<void> {
    for (;;) {
      const before = this.#cursor
      const { events, nextCursor } = await this.#keys.readEvents(before, TYPES).catch((error) => {
        // Events after the cursor are gone, after a month: read again what there is.
        if (error instanceof KeysProblem && error.slug === 'cursor-expired') this.#cursor = undefined
        throw error
      })
      for (const { type, accountid, data } of events) {
        if (type === 'usage.day_closed') this.#bill(accountid, data as Closed)
        else this.#byAccount.delete(accountid)
      }
      this.#cursor = nextCursor
      if (nextCursor === before) return
    }
  }

  /** An account's days, the latest first. */
  daysOf(accountId: string): BilledDay[] {
    const days = [...(this.#byAccount.get(accountId)?.values() ?? [])]
    return days.sort((one, other) => (one.day < other.day ? 1 : -1))
  }

  /** Of a day in several parts each has the whole day's totals. */
  #bill(accountId: string, { day, revision, totals }: Closed): void {
    const days = this.#byAccount.get(accountId) ?? new Map<string, BilledDay>()
    this.#byAccount.set(accountId, days)
    if (revision >= (days.get(day)?.revision ?? 0)) days.set(day, { day, revision, units: totals.liveUnits })
  }
}

const TYPES = ['usage.day_closed', 'account.erased']
type Closed = { day: string; revision: number; totals: { liveUnits: number } }
