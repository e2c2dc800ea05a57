import type { ApiPool } from '../platform/pools.ts'
import { Problem } from './problems.ts'

export type Bounds = {
  /** How many of an account run at once, per process. */
  atOnce: number
  /** Further ones that wait for these to end. */
  maxWaiting: number
  /** How long they wait. */
  waitMs: number
  /** Plural, for the problem: "exports". */
  what: string
}

const line = { maxWaiting: 1_000, waitMs: 10_000 }

/**
 * Of the management API, by the connections that a call uses. A burst waits in line, so that it does not fill the
 * turns of the event loop in which others are answered, and an account never has all connections.
 */
export const BOUNDS = {
  reads: { ...line, atOnce: 2, what: 'reads' },
  changes: { ...line, atOnce: 2, what: 'changes' },
  // A page of the dashboard asks for several.
  streams: { atOnce: 2, maxWaiting: 16, waitMs: 5_000, what: 'exports or usage series' },
} satisfies Partial<Record<ApiPool, Bounds>>

export type Turns = Record<keyof typeof BOUNDS, AtOnce>

export const createTurns = (): Turns => ({
  reads: new AtOnce(BOUNDS.reads),
  changes: new AtOnce(BOUNDS.changes),
  streams: new AtOnce(BOUNDS.streams),
})

type Running = { count: number; waiting: Set<Waiting> }
type Waiting = { begin: () => void; refuse: (error: unknown) => void }

/** Bounds how much an account does at once. What is beyond waits, first come, first served. */
export class AtOnce {
  readonly #bounds: Bounds
  readonly #accounts = new Map<string, Running>()

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /**
   * Waits for a place and takes it; the function that is returned gives it back, once. Throws `rate-limit-exceeded`
   * where too many wait, or none becomes free in time.
   */
  async begin(accountId: string): Promise<() => void> {
    const running = this.#accounts.get(accountId) ?? { count: 0, waiting: new Set() }
    this.#accounts.set(accountId, running)
    if (running.count < this.#bounds.atOnce) running.count += 1
    // Whoever ends hands on its place, so nothing is counted here.
    else await this.#wait(running)
    let isRunning = true
    return () => {
      if (isRunning) this.#end(accountId, running)
      isRunning = false
    }
  }

  #end(accountId: string, running: Running): void {
    const [next] = running.waiting
    if (next) next.begin()
    else running.count -= 1
    if (running.count === 0) this.#accounts.delete(accountId)
  }

  /** Refuses all that wait: what they would do has just failed. */
  refuseWaiting(accountId: string, error: unknown): void {
    for (const { refuse } of this.#accounts.get(accountId)?.waiting ?? []) refuse(error)
  }

  #wait({ waiting }: Running): Promise<void> {
    if (waiting.size >= this.#bounds.maxWaiting) throw this.#tooMany()
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer)
        waiting.delete(one)
      }
      const one = {
        begin: () => {
          leave()
          resolve()
        },
        refuse: (error: unknown) => {
          leave()
          reject(error)
        },
      }
      const timer = setTimeout(() => one.refuse(this.#tooMany()), this.#bounds.waitMs)
      waiting.add(one)
    })
  }

  #tooMany(): Problem {
    const { atOnce, what } = this.#bounds
    return new Problem('rate-limit-exceeded', {
      detail: `An account can run ${atOnce} ${what} at once, and too many are waiting. Wait for one to end.`,
      retryAfter: 5,
    })
  }
}
