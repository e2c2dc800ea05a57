import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import argon2 from 'argon2'
import type { SecretsKeys } from './secretsKeys.ts'

/** https://github.com/P-H-C/phc-string-format: `$argon2id$v=19$m=65536,t=3,p=4$salt$hash`, base64 without padding. */
const FORM = /^\$argon2id\$v=19\$([mtp=\d,]+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
const SALT_BYTES = 16

/**
 * The salt of a new password of this email address: that of the hashes that the address has, else one that is
 * derived. All passwords of an address share it, so that a sign-in takes one computation, however many accounts have
 * set one, and its time does not show how many there are. It stays when the secrets key changes.
 */
export function saltFor(email: string, [{ bytes }]: SecretsKeys, known: string | undefined): Buffer {
  const [, , salt] = FORM.exec(known ?? '') ?? []
  if (salt !== undefined) return Buffer.from(salt, 'base64')
  return createHmac('sha256', bytes).update(`salt:${email.toLowerCase()}`).digest().subarray(0, SALT_BYTES)
}

/** argon2id, PHC string. */
export const hashPassword = (password: string, salt: Buffer): Promise<string> =>
  argon2.hash(password, { salt })

/** Which of the hashes are of this password. One computation for all hashes that share salt and parameters. */
export async function matchPassword(hashes: string[], password: string): Promise<Set<string>> {
  const computed = new Map<string, Buffer>()
  const matching = new Set<string>()
  for (const hash of hashes) {
    const [, costs, salt, digest] = FORM.exec(hash) ?? []
    if (costs === undefined || salt === undefined || digest === undefined) continue
    const group = `${costs}$${salt}`
    const options = { ...readCosts(costs), salt: Buffer.from(salt, 'base64'), raw: true as const }
    const value = computed.get(group) ?? (await argon2.hash(password, options))
    computed.set(group, value)
    const wanted = Buffer.from(digest, 'base64')
    if (wanted.length === value.length && timingSafeEqual(wanted, value)) matching.add(hash)
  }
  return matching
}

function readCosts(costs: string) {
  const read = (name: string) => Number(new RegExp(`(?:^|,)${name}=(\\d+)`).exec(costs)?.[1])
  return { memoryCost: read('m'), timeCost: read('t'), parallelism: read('p') }
}

/** A hash that no password has: of the same form, so that checking it takes as long. */
export function noPassword(): string {
  const [salt, hash] = [SALT_BYTES, 32].map((bytes) =>
    randomBytes(bytes).toString('base64').replace(/=+$/, ''),
  )
  return `$argon2id$v=19$m=65536,t=3,p=4$${salt}$${hash}`
}
