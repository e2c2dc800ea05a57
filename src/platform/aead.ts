import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const NONCE = 12
const TAG = 16

/** AES-256-GCM under a key of 32 bytes: nonce, tag, text. `context` is bound as associated data. */
export function encrypt(key: Buffer, secret: string, context: string): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text])
}

/** Throws when the key, the context or a byte is another. */
export function decrypt(key: Buffer, bytes: Buffer, context: string): string {
  const options = { authTagLength: TAG }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), options)
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
  return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8')
}
