import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/**
 * Seals what the service itself must read again: channels' targets and signing secrets. AES-256-GCM under a key derived
 * from SECRETS_KEY alone (HKDF-SHA-256, RFC 5869, a label of its own); `context` is bound as associated data, so
 * that a value moved to another row does not open.
 */
export type Vault = {
  seal: (secret: string, context: string) => string
  /** Throws when the context or SECRETS_KEY is another. */
  open: (sealed: string, context: string) => string
  /** The keyed hash (HMAC-SHA-256) of a value that is to be recognised, but not kept. */
  hashOf: (value: string) => string
}

export function createVault(secretsKey: string): Vault {
  const master = Buffer.from(secretsKey, 'base64')
  const key = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), 'stored secret', 32))
  const hashKey = Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), 'recognised value', 32))
  return {
    hashOf: (value) => createHmac('sha256', hashKey).update(value).digest('base64url'),
    seal(secret, context) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(context))
      decipher.setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
  }
}
