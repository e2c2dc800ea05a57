import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { decrypt, encrypt } from './aead.ts'

const SALT = 16

/**
 * Seals the secret of an idempotent answer under a key derived from the `Idempotency-Key` header's value and
 * SECRETS_KEY (HKDF-SHA-256, RFC 5869): whoever repeats the header gets the same secret back, and neither the
 * database nor the environment alone opens it. AES-256-GCM; `context` is bound as associated data.
 */
export type Sealer = {
  /** The form of a header's value that may be stored: HMAC-SHA-256 under SECRETS_KEY, base64url. */
  hashOf: (headerValue: string) => string
  seal: (secret: string, headerValue: string, context: string) => string
  /** Throws when the header's value or the context is another. */
  open: (sealed: string, headerValue: string, context: string) => string
}

export function createSealer(secretsKey: string): Sealer {
  const master = Buffer.from(secretsKey, 'base64')
  const keyFor = (headerValue: string, salt: Buffer) =>
    Buffer.from(
      hkdfSync('sha256', Buffer.concat([master, Buffer.from(headerValue)]), salt, 'idempotent answer', 32),
    )
  return {
    hashOf: (headerValue) =>
      createHmac('sha256', master).update(`idempotency:${headerValue}`).digest('base64url'),
    seal(secret, headerValue, context) {
      const salt = randomBytes(SALT)
      return Buffer.concat([salt, encrypt(keyFor(headerValue, salt), secret, context)]).toString('base64url')
    },
    open(sealed, headerValue, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      const key = keyFor(headerValue, bytes.subarray(0, SALT))
      return decrypt(key, bytes.subarray(SALT), context)
    },
  }
}
