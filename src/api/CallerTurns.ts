/** How long it rests after a piece of work, in times what that took: in all, and for the same caller. */
const [REST, REST_OF_CALLER] = [1, 6]
/** At most: a process that was stopped while it worked would rest for minutes. */
const MOST_REST_MS = 4_000

/**
 * Does one piece of work after the other. Callers take turns, and each rests longer than the others wait: one that asks
 * for much delays itself, and gets a seventh of the time at most.
 */
export class CallerTurns {
  /** What waits for its turn, by caller. The caller whose turn comes next is the first that does not rest. */
  readonly #lines = new Map<string, (() => void)[]>()
  readonly #resting = new Set<string>()
  readonly #rest: (ms: number) => Promise<unknown>
  #isBusy = false
  #waiting = 0

  constructor(rest: (ms: number) => Promise<unknown>) {
    this.#rest = rest
  }

  /** How many wait: all, or those of a caller. */
  waiting(caller?: string): number {
    return caller === undefined ? this.#waiting : (this.#lines.get(caller)?.length ?? 0)
  }

  /** Waits for a turn of this caller, and does the work. */
  async run<Value>(caller: string, work: () => Promise<Value>): Promise<Value> {
    await this.#turn(caller)
    const began = performance.now()
    try {
      return await work()
    } finally {
      this.#end(caller, performance.now() - began)
    }
  }

  #turn(caller: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const line = this.#lines.get(caller) ?? []
    this.#lines.set(caller, line)
    line.push(resolve)
    this.#waiting += 1
    this.#next()
    return promise
  }

  #end(caller: string, tookMs: number): void {
    this.#resting.add(caller)
    void this.#rest(Math.min(REST_OF_CALLER * tookMs, MOST_REST_MS)).then(() => {
      this.#resting.delete(caller)
      this.#next()
    })
    void this.#rest(Math.min(REST * tookMs, MOST_REST_MS)).then(() => {
      this.#isBusy = false
      this.#next()
    })
  }

  #next(): void {
    const next = this.#isBusy
      ? undefined
      : this.#lines.entries().find(([caller]) => !this.#resting.has(caller))
    if (!next) return
    const [caller, [begin, ...others]] = next
    // To the end of the row.
    this.#lines.delete(caller)
    if (others.length > 0) this.#lines.set(caller, others)
    this.#waiting -= 1
    this.#isBusy = true
    begin?.()
  }
}
