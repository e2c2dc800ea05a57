import { digestOf } from '../keys/keyFormat.ts'

const BYTES = 32
const NOTHING = digestOf('')

/**
 * A SHA-256 as exports of other systems write it: 64 hex characters, or base64 or base64url with or without padding;
 * before it `sha256:`, `sha256-`, `sha256$`, `sha256=` or nothing. Returns the form in which digests are stored, else
 * what is wrong; what was given is not repeated, for people send the key by mistake.
 */
export function parseHash(text: string): { digest: string } | { fault: string } {
  const bare = text.replace(/^sha-?256[:$=-]/i, '')
  const bytes = /^[0-9a-f]{64}$/i.test(bare) ? Buffer.from(bare, 'hex') : fromBase64(bare)
  if (!bytes) {
    return { fault: 'must be the SHA-256 of the whole key: 64 hex characters, or 43 or 44 of base64' }
  }
  const digest = bytes.toString('base64url')
  if (digest === NOTHING) return { fault: 'is the SHA-256 of nothing: the key was empty when it was hashed' }
  return { digest }
}

/** The 32 bytes, where the text is their one and only way to be written, with or without padding. */
function fromBase64(text: string): Buffer | undefined {
  if (!/^(?:[A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const written = text.slice(0, 43).replaceAll('+', '-').replaceAll('/', '_')
  return bytes.length === BYTES && bytes.toString('base64url') === written ? bytes : undefined
}
