import { anyPasswordHash } from '../domain/accounts/logins.ts'
import type { ApiContext } from './context.ts'

/** The hash of a new password of this email address. */
export async function hashFor(api: ApiContext, email: string, password: string): Promise<string> {
  return api.passwords.hash(password, email, await anyPasswordHash(api.em(), email))
}
