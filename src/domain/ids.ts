import { randomBase62 } from './base62.ts'

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
  alert: 'alert',
  incident: 'inc',
  notification: 'ntf',
  event: 'evt',
} as const

/** A public ID: the word's prefix, `_`, and 16 random base62 characters (95 bits). */
export function newId(word: keyof typeof prefixes): string {
  return `${prefixes[word]}_${randomBase62(16)}`
}
