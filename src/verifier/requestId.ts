import { fromBase62, randomBase62, toBase62 } from '../domain/base62.ts'

/**
 * A verification's request ID: `req_`, 8 base62 digits of its time in Unix ms, 13 random ones, and `A` where
 * it was admitted or `R` where it was refused. It carries all that a later report needs, so that a report
 * completes the request in the minute in which it was counted, in whatever order the two arrive.
 */
export function newRequestId(nowMs: number, admitted: boolean): string {
  return `req_${timeOf(nowMs)}${randomTail()}${admitted ? 'A' : 'R'}`
}

/** What a request ID says, or undefined for a string that is none. */
export function parseRequestId(id: string): { at: number; admitted: boolean } | undefined {
  if (!/^req_[0-9A-Za-z]{21}[AR]$/.test(id)) return undefined
  return { at: fromBase62(id.slice(4, 12)), admitted: id.endsWith('A') }
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
function randomTail(): string {
  if (used + 13 > pool.length) {
    pool = randomBase62(13 * 256)
    used = 0
  }
  used += 13
  return pool.slice(used - 13, used)
}
