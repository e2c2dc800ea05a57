import { randomBytes } from 'node:crypto'

/** Digits first: the alphabet of GitHub's token checksums. */
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `length` characters, each uniform over base62 (bytes of 248 and more are thrown away, so none is favoured). */
export function randomBase62(length: number): string {
  const codes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    for (const byte of randomBytes(length * 2)) {
      if (filled === length) break
      if (byte < 248) codes[filled++] = BASE62.charCodeAt(byte % 62)
    }
  }
  return codes.toString('latin1')
}

/** A whole number ≥ 0 in base62, most significant digit first, left-padded with `0` to `length`. */
export function toBase62(value: number, length: number): string {
  let rest = value
  let text = ''
  do {
    text = BASE62[rest % 62] + text
    rest = Math.floor(rest / 62)
  } while (rest > 0)
  return text.padStart(length, '0')
}

/** The number that `toBase62` wrote, or NaN where a character is not of the alphabet. */
export function fromBase62(text: string): number {
  let value = 0
  for (const character of text) {
    const digit = BASE62.indexOf(character)
    if (digit < 0) return Number.NaN
    value = value * 62 + digit
  }
  return value
}
