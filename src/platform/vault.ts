import { createHmac, hkdfSync } from 'node:crypto'
import { decrypt, encrypt } from './aead.ts'

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
    seal: (secret, context) => encrypt(key, secret, context).toString('base64url'),
    open: (sealed, context) => decrypt(key, Buffer.from(sealed, 'base64url'), context),
  }
}
