import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'

/** What makes a process of the service live `offsetMs` ahead of the real time. */
export function shiftedEnv(offsetMs: number): Record<string, string> {
  const preload = `--import=${join(root, 'test/support/shiftedClock.ts')}`
  return {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${preload}`.trim(),
    CLOCK_OFFSET_MS: String(offsetMs),
  }
}

/** The next start of a UTC month that is at least `marginMs` away, in Unix ms. */
export function nextMonth(now: number, marginMs: number): number {
  const later = new Date(now + marginMs)
  return Date.UTC(later.getUTCFullYear(), later.getUTCMonth() + 1)
}
