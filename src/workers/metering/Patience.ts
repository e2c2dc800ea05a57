import { setTimeout as delay } from 'node:timers/promises'
import { boundedBackoff } from '../../platform/jobOptions.ts'
import { isNotNow } from '../../platform/sqlState.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

export type PatienceOptions = {
  /** Resolves if Postgres answers; throws, within a few seconds, if it does not. */
  probe: () => Promise<unknown>
  /** Called once when an outage begins, and once when it is over. */
  onAway?: (error: unknown) => void
  onBack?: () => void
}

/**
 * Stores groups of items that must not be given up. While Postgres is away a group waits here, without a failed
 * attempt: jobs stay active, so no others are taken from the queue, and all of them continue within seconds
 * of Postgres's return. A group that Postgres refuses is divided in halves until the refused item stands alone, so that
 * the others are stored.
 */
export class Patience {
  readonly #options: PatienceOptions
  readonly #stopping = new AbortController()
  #awaySince: number | undefined

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** Calls `settle` once for each item: without an error once it is stored, else with the reason. Never throws. */
  async store<Item>(
    items: Item[],
    commit: (items: Item[]) => Promise<void>,
    settle: (item: Item, error?: unknown) => void,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await commit(items)
        this.#reached()
        for (const item of items) settle(item)
        return
      } catch (error) {
        if (await this.#mayPassLater(error)) {
          if (await this.#pause(attempt, error)) continue
          for (const item of items) settle(item, error)
          return
        }
        if (items.length === 1) return settle(items[0] as Item, error)
        const middle = Math.ceil(items.length / 2)
        await this.store(items.slice(0, middle), commit, settle)
        return this.store(items.slice(middle), commit, settle)
      }
    }
  }

  /** How long Postgres has been away, in ms; 0 while it is not. */
  get awayMs(): number {
    return this.#awaySince === undefined ? 0 : performance.now() - this.#awaySince
  }

  /** Ends every wait: what waits is settled with the error it met, and stays in its queue. */
  stop(): void {
    this.#stopping.abort()
  }

  /** An error by which Postgres itself says so, or any error of which Postgres, asked again, says nothing. */
  async #mayPassLater(error: unknown): Promise<boolean> {
    if (isNotNow(error)) return true
    return this.#options.probe().then(
      () => false,
      () => true,
    )
  }

  /** False once stopped. */
  async #pause(attempt: number, error: unknown): Promise<boolean> {
    if (this.#awaySince === undefined) this.#options.onAway?.(error)
    this.#awaySince ??= performance.now()
    const { signal } = this.#stopping
    await delay(boundedBackoff(attempt, FIRST_PAUSE_MS, LONGEST_PAUSE_MS), undefined, { signal }).catch(
      () => {},
    )
    return !signal.aborted
  }

  #reached(): void {
    if (this.#awaySince !== undefined) this.#options.onBack?.()
    this.#awaySince = undefined
  }
}
