import { MINUTE_MS } from '../domain/time.ts'
import { callerNetwork } from '../domain/usage/callerNetwork.ts'

/** Unknown keys that one network may present in a minute, to one process. */
export const UNKNOWN_PER_MINUTE = 1_000

/** Networks that are counted at once; beyond that counting begins again. */
const MAX_NETWORKS = 50_000

/**
 * Counts, by network and minute, the well-formed keys that nobody knows. A value with a right checksum costs a look-up,
 * and anyone can compute checksums: past the limit a network's unknown keys are refused without one. Keys in memory are
 * not concerned. The api counts unknown tokens, sessions and links in the same way.
 */
export class UnknownLimit {
  readonly #now: () => number
  #minute = 0
  #counts = new Map<string, number>()

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Whether this address has used up its unknown keys of the minute, of those that `reporter` names. */
  isReached(ip: string, reporter = ''): boolean {
    this.#turn()
    return (this.#counts.get(nameOf(ip, reporter) ?? '') ?? 0) >= UNKNOWN_PER_MINUTE
  }

  /**
   * Counts one unknown key. `reporter`: who says so, where others must not have it count against them. Returns what
   * takes it back, for callers that count before they look.
   */
  add(ip: string, reporter = ''): () => void {
    this.#turn()
    const name = nameOf(ip, reporter)
    if (name === undefined) return () => {}
    // What was counted in one minute is not taken back from the next.
    const counts = this.#counts
    if (counts.size >= MAX_NETWORKS) counts.clear()
    counts.set(name, (counts.get(name) ?? 0) + 1)
    return () => counts.set(name, Math.max(0, (counts.get(name) ?? 0) - 1))
  }

  #turn(): void {
    const minute = Math.floor(this.#now() / MINUTE_MS)
    if (minute === this.#minute) return
    this.#minute = minute
    this.#counts = new Map()
  }
}

function nameOf(ip: string, reporter: string): string | undefined {
  const network = callerNetwork(ip)
  return network === undefined ? undefined : `${network} ${reporter}`
}
