import { setTimeout as delay } from 'node:timers/promises'
import { DAY_MS as DAY } from '../../src/domain/time.ts'

/**
 * Waits for the new UTC day when the present one ends within `marginMs`: for tests of a day's counts that cannot set
 * Redis's clock.
 */
export async function awayFromMidnight(marginMs = 60_000): Promise<void> {
  const left = DAY - (Date.now() % DAY)
  if (left < marginMs) await delay(left + 1_000)
}
