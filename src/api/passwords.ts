import { setTimeout as delay } from 'node:timers/promises'
import { hashPassword, matchPassword, saltFor } from '../platform/passwordHash.ts'
import type { SecretsKeys } from '../platform/secretsKeys.ts'
import { CallerTurns } from './CallerTurns.ts'
import { Problem } from './problems.ts'

/** Some seconds of work. */
const WAITING = 32
/** Of one caller, so that a flood from there leaves room for others. */
const WAITING_OF_CALLER = 16

/**
 * Hashes and checks passwords (argon2id), one at a time: a hash takes 64 MiB and keeps four threads busy. Callers take
 * turns, and rest (CallerTurns.ts): for a moment on an idle machine, for longer on a busy one. `caller` is who asks,
 * see `passwordCaller`. Throws Problem `service-unavailable` when too many wait, `rate-limit-exceeded` when too many
 * of them are this caller's.
 */
export type Passwords = {
  /** Throws when one more would be refused: to be asked before other work is done. Without a caller, of all alone. */
  requireRoom: (caller?: string) => void
  /** `known`: any hash of a password of the same address. */
  hash: (caller: string, password: string, email: string, known: string | undefined) => Promise<string>
  /**
   * Which of the hashes, all of passwords of one address, are of this password. Takes as long without any (then there
   * is nobody to be right about) as with many.
   */
  matching: (caller: string, hashes: string[], password: string) => Promise<Set<string>>
}

export function createPasswords(
  secrets: SecretsKeys,
  rest: (ms: number) => Promise<unknown> = (ms) => delay(ms, undefined, { ref: false }),
): Passwords {
  const turns = new CallerTurns(rest)
  const requireRoom = (caller?: string) => {
    const isTheirs = caller !== undefined && turns.waiting(caller) >= WAITING_OF_CALLER
    if (!isTheirs && turns.waiting() < WAITING) return
    throw new Problem(isTheirs ? 'rate-limit-exceeded' : 'service-unavailable', {
      detail: `Too many passwords ${isTheirs ? 'from your network ' : ''}are being checked right now.`,
      retryAfter: 2,
    })
  }
  const run = <Value>(caller: string, work: () => Promise<Value>): Promise<Value> => {
    requireRoom(caller)
    return turns.run(caller, work)
  }
  const nobody = saltFor('', secrets, undefined)
  return {
    requireRoom,
    hash: async (caller, password, email, known) =>
      run(caller, () => hashPassword(password, saltFor(email, secrets, known))),
    matching: async (caller, hashes, password) =>
      run(caller, async () => {
        if (hashes.length > 0) return matchPassword(hashes, password)
        await hashPassword(password, nobody)
        return new Set()
      }),
  }
}
