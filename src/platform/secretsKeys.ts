/** A key of 32 bytes, by its number. What key 1 has sealed carries no number: every release can read it. */
type SecretsKey = { number: number; bytes: Buffer }

/** The current key, which seals; then those that only open what another process, or an earlier time, has sealed. */
export type SecretsKeys = readonly [SecretsKey, ...SecretsKey[]]

const FIRST = 1
const FORM = /^(?:([1-9]\d{0,3}):)?([A-Za-z0-9+/_-]{43}=?)$/
/** Neither base64 nor base64url has a full stop. The same in SQL: `KEY_OF` in `sealedColumns.ts`. */
const MARKED = /^([1-9]\d{0,3})\.(.*)$/s

/** `2:base64`, or `base64` for key 1. Undefined for anything else. */
export function parseSecretsKey(text: string): SecretsKey | undefined {
  const [, number = String(FIRST), base64 = ''] = FORM.exec(text.trim()) ?? []
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length === 32 ? { number: Number(number), bytes } : undefined
}

/** Keys separated by commas. Undefined where one of them is none. */
export function parseSecretsKeys(text: string): SecretsKey[] | undefined {
  const given = text.split(',').filter((entry) => entry.trim() !== '')
  const keys = given.map(parseSecretsKey)
  return keys.every((key) => key !== undefined) ? keys : undefined
}

/** Throws where the environment was not checked: `readEnv` has refused it. */
export function readSecretsKeys(env: { SECRETS_KEY: string; SECRETS_KEYS_READ?: string }): SecretsKeys {
  const current = parseSecretsKey(env.SECRETS_KEY)
  const others = parseSecretsKeys(env.SECRETS_KEYS_READ ?? '')
  if (!current || !others) throw new Error('SECRETS_KEY or SECRETS_KEYS_READ is not a list of keys')
  return [current, ...others]
}

/** Whether no two keys have one number. */
export function haveOwnNumbers(env: { SECRETS_KEY: string; SECRETS_KEYS_READ: string }): boolean {
  const keys = [parseSecretsKey(env.SECRETS_KEY), ...(parseSecretsKeys(env.SECRETS_KEYS_READ) ?? [])]
  const numbers = keys.map((key) => key?.number)
  return new Set(numbers).size === numbers.length
}

/**
 * A stored secret that this process cannot read: it lacks the key, or has another one under its number. The message is
 * for logs, delivery attempts and callers.
 */
export class UnreadableSecret extends Error {
  override name = 'UnreadableSecret'
  constructor(number: number, hasKey: boolean) {
    const why = hasKey ? 'but the one of this process does not open it' : 'which this process does not have'
    super(`A stored secret is sealed under secrets key ${number}, ${why}.`)
  }
}

/** The number of the key under which a value is sealed, or hashed. */
export const keyNumberOf = (marked: string): number => Number(MARKED.exec(marked)?.[1] ?? FIRST)

/** What each key gives, and the numbers in the values that it makes. */
export function keyRing<Derived>(keys: SecretsKeys, derive: (bytes: Buffer) => Derived) {
  const derived = ({ number, bytes }: SecretsKey) => ({ number, key: derive(bytes) })
  const [first, ...rest] = keys
  const current = derived(first)
  const others = rest.map(derived)
  const mark = ({ number, key }: typeof current, make: (key: Derived) => string) =>
    number === FIRST ? make(key) : `${number}.${make(key)}`
  return {
    /** Under the current key. */
    seal: (seal: (key: Derived) => string): string => mark(current, seal),
    /** Throws UnreadableSecret. */
    open(sealed: string, open: (key: Derived, text: string) => string): string {
      const number = keyNumberOf(sealed)
      const found = [current, ...others].find((one) => one.number === number)
      if (!found) throw new UnreadableSecret(number, false)
      try {
        return open(found.key, MARKED.exec(sealed)?.[2] ?? sealed)
      } catch {
        // Nor does a value open that was moved to another place.
        throw new UnreadableSecret(number, true)
      }
    },
    /** The keyed hashes of one value, the current key's first: what was stored under another is found, too. */
    hashes: (hash: (key: Derived) => string): [string, ...string[]] => [
      mark(current, hash),
      ...others.map((one) => mark(one, hash)),
    ],
  }
}
