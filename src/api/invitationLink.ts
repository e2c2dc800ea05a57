import type { Env } from '../platform/env.ts'
import type { ApiContext } from './context.ts'

/** Whether links go out by email; else nothing is sent, and answers say so. */
export const sendsEmail = ({ SMTP_URL, PUBLIC_URL }: Pick<Env, 'SMTP_URL' | 'PUBLIC_URL'>) =>
  SMTP_URL !== undefined && PUBLIC_URL !== undefined

/** How an invitation of this address goes out: the worker makes the link when it sends it. */
export function invitationTo({ env, vault }: ApiContext, email: string) {
  const [targetHash, ...otherHashes] = vault.hashesOf(email.toLowerCase())
  return { targetHash, otherHashes, emailed: sendsEmail(env) }
}
