import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { randomBase62, toBase62 } from '../base62.ts'

/**
 * `{prefix}_{live|test}_` + 32 random base62 characters (190 bits) + 6 characters of checksum: the zlib
 * CRC-32 of the 32, in base62. It is GitHub's token format
 * (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/):
 * a typo is refused without any I/O, and a secret scanner can be certain.
 */
export type KeyType = 'live' | 'test'

export type NewSecret = { value: string; digest: string; hint: string }

const RANDOM = 32
const CHECKSUM = 6

const checksumOf = (random: string) => toBase62(crc32(random), CHECKSUM)

/** SHA-256 of the whole value, base64url without padding, 43 characters: the only form that is stored. */
export function digestOf(value: string): string {
  return hash('sha256', value, 'base64url')
}

/**
 * A new secret of the given kind (`live`, `test`; `service` and `operator` for tokens). Show `value` once, store the
 * rest.
 */
export function generateSecret(prefix: string, kind: KeyType | 'service' | 'operator'): NewSecret {
  const random = randomBase62(RANDOM)
  const value = `${prefix}_${kind}_${random}${checksumOf(random)}`
  return { value, digest: digestOf(value), hint: value.slice(-4) }
}

/** Longer than any key, also than those of other forms that are imported. */
export const MAX_VALUE = 512

/** For how long verifiers remember that no key of another form was imported, in ms. */
export const FORMS_REMEMBERED_MS = 1_000

/** Whether a value that is not of our form can be a key's that was imported. */
export const mayBeImportedKey = (value: string) =>
  value !== '' && value.length <= MAX_VALUE && !/\s/.test(value)

export type ParsedSecret = { digest: string } | { hint: string }

/** Parses presented secrets of the given kinds; `hint` says, without any I/O, why a string cannot be one. */
export function createSecretParser(
  prefix: string,
  kinds: readonly string[],
): (value: string) => ParsedSecret {
  const heads = kinds.map((kind) => `${prefix}_${kind}_`)
  const wanted = heads.map((head) => `\`${head}\``).join(' or ')

  return (value) => {
    if (value === '') return { hint: 'The key is empty.' }
    if (/\s/.test(value))
      return { hint: 'The key contains white space. Copy it again without spaces or line breaks.' }
    const head = heads.find((candidate) => value.startsWith(candidate))
    if (head === undefined) return { hint: `The key does not start with ${wanted}.` }
    const rest = value.slice(head.length)
    if (rest.length !== RANDOM + CHECKSUM) {
      return {
        hint: `The key has ${value.length} characters, not ${head.length + RANDOM + CHECKSUM}. Copy the whole key.`,
      }
    }
    if (!/^[0-9A-Za-z]+$/.test(rest))
      return { hint: 'The key contains a character that no key has. Check its encoding.' }
    if (checksumOf(rest.slice(0, RANDOM)) !== rest.slice(RANDOM)) {
      return { hint: 'The checksum of the key does not match: at least one character is wrong.' }
    }
    return { digest: digestOf(value) }
  }
}
