import { MOVED_AT_ONCE, moveEvents } from '../domain/events/moveEvents.ts'
import type { Orm } from './postgres.ts'

/**
 * Moves lifecycle events into the record as soon as their changes have committed. One run at a time in a process:
 * whoever comes while one is under way shares the next, because the present one may have looked before their commit.
 */
export class EventRelay {
  readonly #orm: Orm
  #current: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(orm: Orm) {
    this.#orm = orm
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
  }

  async #run(): Promise<void> {
    for (let moved = MOVED_AT_ONCE; moved === MOVED_AT_ONCE; )
      moved = (await this.#orm.em.fork().transactional(moveEvents)).length
  }
}
