import { networksOf } from '../domain/addresses.ts'
import { WINDOW_SECONDS } from './attempts.ts'

const PER_NETWORK = 10
const IN_ALL = 100
const MAX_KNOWN = 1_000

/** Wrong operator passwords within a quarter of an hour. */
export type OperatorAttempts = {
  /** Seconds until this address may try again; 0: now. */
  waitOf: (address: string) => number
  failed: (address: string) => void
  /** From here the password was right: strangers elsewhere cannot use up its attempts. */
  succeeded: (address: string) => void
}

/**
 * Counts in this process, not in Redis: operators look at these pages when Redis is away. So each process has its own
 * bounds, which a password of 16 characters leaves room for.
 */
export function createOperatorAttempts(now: () => Date): OperatorAttempts {
  let window = 0
  let inAll = 0
  const byNetwork = new Map<string, number>()
  const known = new Set<string>()
  const networkOf = (address: string) => networksOf(address)[0] ?? ''
  const turn = () => {
    const seconds = now().getTime() / 1000
    const current = Math.floor(seconds / WINDOW_SECONDS)
    if (current !== window) {
      window = current
      inAll = 0
      byNetwork.clear()
    }
    return Math.ceil((current + 1) * WINDOW_SECONDS - seconds)
  }
  return {
    waitOf(address) {
      const untilNext = turn()
      const network = networkOf(address)
      const isOut = (byNetwork.get(network) ?? 0) >= PER_NETWORK || (inAll >= IN_ALL && !known.has(network))
      return isOut ? untilNext : 0
    },
    failed(address) {
      turn()
      const network = networkOf(address)
      byNetwork.set(network, (byNetwork.get(network) ?? 0) + 1)
      inAll += 1
    },
    succeeded(address) {
      if (known.size < MAX_KNOWN) known.add(networkOf(address))
    },
  }
}
