import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts'

const SECOND = 1_000

/**
 * When each attempt follows the one before, in ms: the schedule of Standard Webhooks' "Deliverability and
 * reliability".
 */
export const SCHEDULE_MS = [
  0,
  5 * SECOND,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  DAY_MS,
]

const LONGEST_MS = DAY_MS

/**
 * How long after the `made`-th attempt of a turn the next one follows, in ms; undefined: there is none. Give or take a
 * tenth. A receiver's `Retry-After` makes it later, never sooner, and by a day at most.
 */
export function nextDelayMs(made: number, retryAfterMs = 0, random = Math.random): number | undefined {
  const step = SCHEDULE_MS[made]
  if (step === undefined) return undefined
  const asked = Math.min(retryAfterMs, LONGEST_MS)
  const jittered = step * (0.9 + random() / 5)
  return Math.round(jittered < asked ? asked * (1 + random() / 10) : jittered)
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110, 10.2.3); 0 where it says neither. */
export function retryAfterMs(header: string | undefined, now: Date): number {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND
  // Only what looks like a date: Date.parse takes "-5" for one.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? 0 : Math.max(0, at - now.getTime())
}
