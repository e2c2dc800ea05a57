import { fromBase62, randomBase62, toBase62 } from '../base62.ts'

/** What the verification knew of the request, as bits: its caller's address, its endpoint. */
export const KNOWS_IP = 1
export const KNOWS_ENDPOINT = 2

/** The last character of a request ID, by `4 × admitted + knows`. */
const TAILS = 'RSTUABCD'

/**
 * A verification's request ID: `req_`, 8 base62 digits of its time in Unix ms, 13 random ones, and one character for
 * whether it was admitted and what it knew of the request. It carries all that a later report needs, so that a
 * report completes the request in the minute in which it was counted, in whatever order the two arrive.
 */
export function newRequestId(nowMs: number, admitted: boolean, knows = 0, tail = randomTail()): string {
  return `req_${timeOf(nowMs)}${tail}${TAILS[(admitted ? 4 : 0) + knows]}`
}

export type ParsedRequestId = { at: number; admitted: boolean; knows: number }

/** What a request ID says, or undefined for a string that is none. */
export function parseRequestId(id: string): ParsedRequestId | undefined {
  if (!/^req_[0-9A-Za-z]{21}[A-DR-U]$/.test(id)) return undefined
  const tail = TAILS.indexOf(id.slice(-1))
  return { at: fromBase62(id.slice(4, 12)), admitted: tail >= 4, knows: tail & 3 }
}

// The hot path asks for an id with every request: those of one batch share their time, and one draw of randomness
// serves many.
let time = { ms: -1, text: '' }
function timeOf(ms: number): string {
  if (time.ms !== ms) time = { ms, text: toBase62(ms, 8) }
  return time.text
}

let pool = ''
let used = 0
/** The random part of a request ID, for one that is to be the same again. */
export function randomTail(): string {
  if (used + 13 > pool.length) {
    pool = randomBase62(13 * 256)
    used = 0
  }
  used += 13
  return pool.slice(used - 13, used)
}
