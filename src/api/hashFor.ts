import type { Context } from 'koa'
import { anyPasswordHash } from '../domain/accounts/logins.ts'
import type { ApiContext, Principal } from './context.ts'
import { passwordCaller } from './passwordCaller.ts'

/** What a hash counts as, in calls: it takes as much of the processor as several changes. */
const HASH_CALLS = 20

type Asked = { api: ApiContext; ctx: Context; principal?: Principal }

/** The hash of a new password of this email address. It counts as calls of the principal. */
export async function hashFor(
  { api, ctx, principal }: Asked,
  email: string,
  password: string,
): Promise<string> {
  if (principal) await api.callLimits.owe(principal, 'calls', HASH_CALLS)
  const known = await anyPasswordHash(api.em(), email)
  return api.passwords.hash(passwordCaller(api, ctx, email), password, email, known)
}
