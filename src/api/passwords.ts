import pLimit from 'p-limit'
import { hashPassword, matchPassword, saltFor } from '../platform/passwordHash.ts'
import type { SecretsKeys } from '../platform/secretsKeys.ts'
import { Problem } from './problems.ts'

/** One hash takes 64 MiB and keeps four threads busy. Two at once end no sooner, and leave less to verifications. */
const AT_ONCE = 1
/** Some seconds of work. */
const WAITING = 32

/** Hashes and checks passwords (argon2id), one at a time. Throws Problem `service-unavailable` when too many wait. */
export type Passwords = {
  /** Throws when one more would be refused: to be asked before other work is done. */
  requireRoom: () => void
  /** `known`: any hash of a password of the same address. */
  hash: (password: string, email: string, known: string | undefined) => Promise<string>
  /**
   * Which of the hashes, all of passwords of one address, are of this password. Takes as long without any (then there
   * is nobody to be right about) as with many.
   */
  matching: (hashes: string[], password: string) => Promise<Set<string>>
}

export function createPasswords(secrets: SecretsKeys): Passwords {
  const limit = pLimit(AT_ONCE)
  const requireRoom = () => {
    if (limit.pendingCount < WAITING) return
    throw new Problem('service-unavailable', {
      detail: 'Too many passwords are being checked right now.',
      retryAfter: 2,
    })
  }
  const run = <Value>(work: () => Promise<Value>): Promise<Value> => {
    requireRoom()
    return limit(work)
  }
  const nobody = saltFor('', secrets, undefined)
  return {
    requireRoom,
    hash: async (password, email, known) => run(() => hashPassword(password, saltFor(email, secrets, known))),
    matching: async (hashes, password) =>
      run(async () => {
        if (hashes.length > 0) return matchPassword(hashes, password)
        await hashPassword(password, nobody)
        return new Set()
      }),
  }
}
