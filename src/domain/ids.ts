import { createHash } from 'node:crypto'
import { randomBase62, toBase62 } from './base62.ts'

const prefixes = {
  account: 'acct',
  member: 'mem',
  guest: 'guest',
  person: 'person',
  passwordReset: 'reset',
  serviceToken: 'svc',
  operatorToken: 'optok',
  apiKey: 'key',
  operation: 'op',
  channel: 'chan',
  webhook: 'hook',
  alert: 'alert',
  incident: 'inc',
  notification: 'ntf',
  event: 'evt',
} as const

/** A public ID: the word's prefix, `_`, and 16 random base62 characters (95 bits). */
export function newId(word: keyof typeof prefixes): string {
  return `${prefixes[word]}_${randomBase62(16)}`
}

/** An ID in the same form, which is the same whenever it is made of the same parts. */
export function derivedId(word: keyof typeof prefixes, ...parts: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest()
  // 5 bytes become 4 characters: 2^40 is many times 62^4, so none is favoured by more than a hundred-thousandth.
  const characters = [0, 5, 10, 15].map((at) => toBase62(hash.readUIntBE(at, 5) % 62 ** 4, 4))
  return `${prefixes[word]}_${characters.join('')}`
}
