import { anyPasswordHash } from '../domain/accounts/logins.ts'
import { hashPassword, saltFor } from '../platform/passwordHash.ts'
import type { Service } from './withService.ts'

/** The hash of a password as members keep it: with the salt that the address has everywhere. */
export async function hashFor({ secrets, em }: Service, email: string, password: string): Promise<string> {
  return hashPassword(password, saltFor(email, secrets, await anyPasswordHash(em, email)))
}
