import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

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
      const salt = randomBytes(16)
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyFor(headerValue, salt), nonce)
      cipher.setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([salt, nonce, cipher.getAuthTag(), text]).toString('base64url')
    },
    open(sealed, headerValue, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv(
        'aes-256-gcm',
        keyFor(headerValue, bytes.subarray(0, 16)),
        bytes.subarray(16, 28),
      )
      decipher.setAAD(Buffer.from(context))
      decipher.setAuthTag(bytes.subarray(28, 44))
      return Buffer.concat([decipher.update(bytes.subarray(44)), decipher.final()]).toString('utf8')
    },
  }
}
