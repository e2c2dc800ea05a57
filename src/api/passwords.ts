import argon2 from 'argon2'
import pLimit from 'p-limit'
import { Problem } from './problems.ts'

/** libuv has four threads, which name look-ups and files need, too. One hash takes 64 MiB while it runs. */
const AT_ONCE = 2
/** Some seconds of work. */
const WAITING = 32

/** Hashes and checks passwords (argon2id), a few at a time. Throws Problem `service-unavailable` when too many wait. */
export type Passwords = {
  /** Throws when one more would be refused: to be asked before other work is done. */
  requireRoom: () => void
  hash: (password: string) => Promise<string>
  /** Takes as long without a hash (then there is nobody to be right about) as with one. */
  verify: (hash: string | undefined, password: string) => Promise<boolean>
}

export function createPasswords(): Passwords {
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
  let nobody: Promise<string> | undefined
  return {
    requireRoom,
    hash: async (password) => run(() => argon2.hash(password)),
    verify: async (hash, password) =>
      run(async () => {
        nobody ??= argon2.hash('nobody has this password')
        const isRight = await argon2.verify(hash ?? (await nobody), password)
        return isRight && hash !== undefined
      }),
  }
}
