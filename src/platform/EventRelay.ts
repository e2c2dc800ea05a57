import { MOVED_AT_ONCE, moveEvents } from '../domain/events/moveEvents.ts'
import type { Orm } from './postgres.ts'

/**
 * Moves lifecycle events into the record as soon as their changes have committed. One run at a time in a process:
 * whoever comes while one is under way shares the next, because the current one may have looked before their commit.
 */
export class EventRelay {
  readonly #orm: Orm
  readonly #onMoved: (accountIds: string[]) => Promise<void>
  #announced: Promise<void> = Promise.resolve()
  #current: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  /**
   * `onMoved` is called with the accounts of events that are new in the record. If it fails, the schedule does its
   * work.
   */
  constructor(orm: Orm, onMoved: (accountIds: string[]) => Promise<void> = async () => {}) {
    this.#orm = orm
    this.#onMoved = onMoved
  }

  /** Resolves once everything that had committed before the call is in the record. */
  relay(): Promise<void> {
    this.#next ??= this.#current
      .catch(() => {})
      .then(() => {
        this.#current = this.#next ?? Promise.resolve()
        this.#next = undefined
        return this.#run()
      })
    return this.#next
  }

  /** As `relay`, for those who do not wait. What fails is left to the schedule. */
  soon(): void {
    this.relay().catch(() => {})
  }

  /** Resolves when no run is under way. */
  async stop(): Promise<void> {
    await (this.#next ?? this.#current).catch(() => {})
    await this.#announced
  }

  async #run(): Promise<void> {
    const accountIds = new Set<string>()
    try {
      for (let moved = MOVED_AT_ONCE; moved === MOVED_AT_ONCE; ) {
        const accounts = await this.#orm.em.fork().transactional(moveEvents)
        for (const accountId of accounts) accountIds.add(accountId)
        moved = accounts.length
      }
    } finally {
      // Whoever waits for the record does not wait for this.
      if (accountIds.size > 0)
        this.#announced = Promise.all([this.#announced, this.#onMoved([...accountIds])]).then(
          () => {},
          () => {},
        )
    }
  }
}
