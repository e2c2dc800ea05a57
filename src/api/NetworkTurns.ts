/**
 * Does one piece of work after the other. Networks of callers take turns, so that one which asks for much delays
 * itself.
 */
export class NetworkTurns {
  /** What waits, by network. The network whose turn it is comes first. */
  readonly #lines = new Map<string, (() => Promise<void>)[]>()
  #isBusy = false
  #waiting = 0

  /** How many wait: all, or those of a network. */
  waiting(network?: string): number {
    return network === undefined ? this.#waiting : (this.#lines.get(network)?.length ?? 0)
  }

  /** `work` handles its own errors. */
  add(network: string, work: () => Promise<void>): void {
    const line = this.#lines.get(network) ?? []
    this.#lines.set(network, line)
    line.push(work)
    this.#waiting += 1
    this.#next()
  }

  #next(): void {
    const [first] = this.#lines
    if (this.#isBusy || !first) return
    const [network, [work, ...others]] = first
    this.#lines.delete(network)
    if (others.length > 0) this.#lines.set(network, others)
    this.#waiting -= 1
    this.#isBusy = true
    void work?.().finally(() => {
      this.#isBusy = false
      this.#next()
    })
  }
}
