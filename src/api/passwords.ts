import { setTimeout as delay } from 'node:timers/promises'
import { networksOf } from '../domain/addresses.ts'
import { hashPassword, matchPassword, saltFor } from '../platform/passwordHash.ts'
import type { SecretsKeys } from '../platform/secretsKeys.ts'
import { NetworkTurns } from './NetworkTurns.ts'
import { Problem } from './problems.ts'

/** Some seconds of work. */
const WAITING = 32
/** Of one network, so that a flood from there leaves room for others. */
const WAITING_PER_NETWORK = 16
/** How long it rests after a hash, in times what that took. */
const RESTS = 2
/** At most: a process that was stopped while it hashed would rest for minutes. */
const MOST_REST_MS = 2_000

/**
 * Hashes and checks passwords (argon2id), one at a time: a hash takes 64 MiB and keeps four threads busy. After each
 * it rests for twice as long as the hash took: a moment on an idle machine, longer on a busy one. Networks take turns.
 * Throws Problem `service-unavailable` when too many wait, `rate-limit-exceeded` when too many of them are from the
 * network of `address`, the caller's.
 */
export type Passwords = {
  /** Throws when one more would be refused: to be asked before other work is done. */
  requireRoom: (address: string) => void
  /** `known`: any hash of a password of the same address. */
  hash: (address: string, password: string, email: string, known: string | undefined) => Promise<string>
  /**
   * Which of the hashes, all of passwords of one address, are of this password. Takes as long without any (then there
   * is nobody to be right about) as with many.
   */
  matching: (address: string, hashes: string[], password: string) => Promise<Set<string>>
}

/** The largest that belongs to one customer of a provider. */
const networkOf = (address: string) => networksOf(address).at(-1) ?? ''

export function createPasswords(
  secrets: SecretsKeys,
  rest: (ms: number) => Promise<unknown> = delay,
): Passwords {
  const turns = new NetworkTurns()
  const requireRoom = (address: string) => {
    const isTheirs = turns.waiting(networkOf(address)) >= WAITING_PER_NETWORK
    if (!isTheirs && turns.waiting() < WAITING) return
    throw new Problem(isTheirs ? 'rate-limit-exceeded' : 'service-unavailable', {
      detail: `Too many passwords ${isTheirs ? 'from your network ' : ''}are being checked right now.`,
      retryAfter: 2,
    })
  }
  const run = <Value>(address: string, work: () => Promise<Value>): Promise<Value> => {
    requireRoom(address)
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    turns.add(networkOf(address), async () => {
      const began = performance.now()
      await work().then(resolve, reject)
      await rest(Math.min(RESTS * (performance.now() - began), MOST_REST_MS))
    })
    return promise
  }
  const nobody = saltFor('', secrets, undefined)
  return {
    requireRoom,
    hash: async (address, password, email, known) =>
      run(address, () => hashPassword(password, saltFor(email, secrets, known))),
    matching: async (address, hashes, password) =>
      run(address, async () => {
        if (hashes.length > 0) return matchPassword(hashes, password)
        await hashPassword(password, nobody)
        return new Set()
      }),
  }
}
