import { setTimeout as delay } from 'node:timers/promises'
import { DAY_MS as DAY, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'

/**
 * Waits for the new UTC day when the present one ends within `marginMs`: for tests of a day's counts that cannot set
 * Redis's clock.
 */
export const awayFromMidnight = (marginMs = 60_000): Promise<void> => awayFromEnd(DAY, marginMs)

/** The same for the quarter of an hour in which attempts to sign in are counted. */
export const awayFromQuarter = (marginMs = 60_000): Promise<void> => awayFromEnd(15 * MINUTE, marginMs)

async function awayFromEnd(periodMs: number, marginMs: number): Promise<void> {
  const left = periodMs - (Date.now() % periodMs)
  if (left < marginMs) await delay(left + 1_000)
}
