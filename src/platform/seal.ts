import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { decrypt, encrypt } from './aead.ts'
import { keyRing, type SecretsKeys } from './secretsKeys.ts'

const SALT = 16

/**
 * Seals the secret of an idempotent answer under a key derived from the `Idempotency-Key` header's value and a
 * secrets key (HKDF-SHA-256, RFC 5869): whoever repeats the header gets the same secret back, and neither the
 * database nor the environment alone opens it. AES-256-GCM; `context` is bound as associated data. Nobody else can
 * seal these again, so they last as long as they are kept, a day, under the key that sealed them.
 */
export type Sealer = {
  /**
   * The forms of a header's value that may be stored: HMAC-SHA-256, base64url. The current key's, which is stored,
   * and those that were stored under the other keys.
   */
  hashesOf: (headerValue: string) => [string, ...string[]]
  seal: (secret: string, headerValue: string, context: string) => string
  /** Throws UnreadableSecret when the header's value, the context or the key is another. */
  open: (sealed: string, headerValue: string, context: string) => string
}

export function createSealer(keys: SecretsKeys): Sealer {
  const ring = keyRing(keys, (master) => master)
  const keyFor = (master: Buffer, headerValue: string, salt: Buffer) =>
    Buffer.from(
      hkdfSync('sha256', Buffer.concat([master, Buffer.from(headerValue)]), salt, 'idempotent answer', 32),
    )
  return {
    hashesOf: (headerValue) =>
      ring.hashes((master) =>
        createHmac('sha256', master).update(`idempotency:${headerValue}`).digest('base64url'),
      ),
    seal: (secret, headerValue, context) =>
      ring.seal((master) => {
        const salt = randomBytes(SALT)
        const sealed = encrypt(keyFor(master, headerValue, salt), secret, context)
        return Buffer.concat([salt, sealed]).toString('base64url')
      }),
    open: (sealed, headerValue, context) =>
      ring.open(sealed, (master, text) => {
        const bytes = Buffer.from(text, 'base64url')
        return decrypt(keyFor(master, headerValue, bytes.subarray(0, SALT)), bytes.subarray(SALT), context)
      }),
  }
}
