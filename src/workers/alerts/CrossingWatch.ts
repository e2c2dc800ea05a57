import { setTimeout as delay } from 'node:timers/promises'
import { findWatched } from '../../domain/alerts/alertStore.ts'
import type { Orm } from '../../platform/postgres.ts'
import type { Queues } from '../../platform/queues.ts'

/** How often this process asks at most, in ms. */
const EVERY_MS = 500

/** Jobs each time, so that rules of many accounts do not keep a worker from its other work. */
const AT_ONCE = 500

/**
 * Has the rules of accounts looked at as soon as new usage of theirs has been committed. One statement for all accounts
 * of half a second finds those that have rules; accounts without rules cost no more than their place in it, and nothing
 * runs while there is no usage. If the process dies before it has asked, or the queue is away, the half-minute
 * evaluation finds the crossing: it looks at every account with rules.
 */
export class CrossingWatch {
  readonly #orm: Orm
  readonly #queues: Queues
  readonly #onFailed: (error: Error) => void
  readonly #stopping = new AbortController()
  #counted = new Set<string>()
  #running: Promise<void> | undefined

  constructor(orm: Orm, queues: Queues, onFailed: (error: Error) => void = () => {}) {
    this.#orm = orm
    this.#queues = queues
    this.#onFailed = onFailed
  }

  /** Usage of these accounts has been committed. Returns at once. */
  counted(accountIds: Iterable<string>): void {
    for (const accountId of accountIds) this.#counted.add(accountId)
    if (this.#counted.size > 0) this.#running ??= this.#run()
  }

  /** Resolves when there is a job for everything that was counted. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (this.#counted.size > 0) {
      await this.#enqueue().catch(this.#onFailed)
      await delay(EVERY_MS, undefined, { signal, ref: false }).catch(() => {})
    }
    this.#running = undefined
  }

  async #enqueue(): Promise<void> {
    const counted = [...this.#counted]
    this.#counted.clear()
    const watched = await findWatched(this.#orm.em.fork(), counted)
    const accountIds = counted.filter((accountId) => watched.has(accountId))
    // The others come first next time.
    this.#counted = new Set([...accountIds.slice(AT_ONCE), ...this.#counted])
    const once = accountIds.slice(0, AT_ONCE)
    await Promise.all(
      once.map((accountId) =>
        this.#queues.add('find-crossings', { accountId }, undefined, { once: accountId }),
      ),
    )
  }
}
