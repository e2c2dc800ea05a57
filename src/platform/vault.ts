import { createHmac, hkdfSync } from 'node:crypto'
import { decrypt, encrypt } from './aead.ts'
import { keyNumberOf, keyRing, type SecretsKeys } from './secretsKeys.ts'

/**
 * Seals what the service itself must read again: channels' targets and signing secrets. AES-256-GCM under a key derived
 * from a secrets key alone (HKDF-SHA-256, RFC 5869, a label of its own); `context` is bound as associated data, so
 * that a value moved to another row does not open. A value names its key by number.
 */
export type Vault = {
  /** The number of the key that seals. */
  current: number
  /** Those of all keys that open. */
  numbers: number[]
  seal: (secret: string, context: string) => string
  /** Throws UnreadableSecret when the context or the key is another. */
  open: (sealed: string, context: string) => string
  /**
   * The same secret under the current key; the value itself where a key with the current number or a higher one has
   * sealed it. So processes on both sides of a rotation do not undo each other's work. Throws as `open` does.
   */
  reseal: (sealed: string, context: string) => string
  /**
   * The keyed hashes (HMAC-SHA-256) of a value that is to be recognised, but not kept: the current key's, which is
   * stored, and those that were stored under the other keys.
   */
  hashesOf: (value: string) => [string, ...string[]]
}

export function createVault(keys: SecretsKeys): Vault {
  const derive = (label: string) => (bytes: Buffer) =>
    Buffer.from(hkdfSync('sha256', bytes, Buffer.alloc(0), label, 32))
  const sealing = keyRing(keys, derive('stored secret'))
  const hashing = keyRing(keys, derive('recognised value'))
  const [{ number: current }] = keys
  const seal: Vault['seal'] = (secret, context) =>
    sealing.seal((key) => encrypt(key, secret, context).toString('base64url'))
  const open: Vault['open'] = (sealed, context) =>
    sealing.open(sealed, (key, text) => decrypt(key, Buffer.from(text, 'base64url'), context))
  return {
    current,
    numbers: keys.map(({ number }) => number),
    seal,
    open,
    reseal: (sealed, context) =>
      keyNumberOf(sealed) >= current ? sealed : seal(open(sealed, context), context),
    hashesOf: (value) => hashing.hashes((key) => createHmac('sha256', key).update(value).digest('base64url')),
  }
}
