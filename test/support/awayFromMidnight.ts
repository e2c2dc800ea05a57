import { setTimeout as delay } from 'node:timers/promises'

const DAY = 86_400_000

/**
 * Waits for the new UTC day when the present one ends within `marginMs`: for tests of a day's counts that cannot set
 * Redis's clock.
 */
export async function awayFromMidnight(marginMs = 60_000): Promise<void> {
  const left = DAY - (Date.now() % DAY)
  if (left < marginMs) await delay(left + 1_000)
}
