import { anyPasswordHash } from '../domain/accounts/logins.ts'
import type { ApiContext, Principal } from './context.ts'

/** What a hash counts as, in calls: it takes as much of the processor as several changes. */
const HASH_CALLS = 20

/** The hash of a new password of this email address. `by`: whose calls it counts as. */
export async function hashFor(
  api: ApiContext,
  email: string,
  password: string,
  by?: Principal,
): Promise<string> {
  if (by) await api.callLimits.owe(by, 'calls', HASH_CALLS)
  return api.passwords.hash(password, email, await anyPasswordHash(api.em(), email))
}
