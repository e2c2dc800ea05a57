import { DAY_MS, HOUR_MS, MINUTE_MS } from './time.ts'
export type Interval = 'minute' | 'hour' | 'day'
export const INTERVAL_MS: Record<Interval, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }

/** How far back the page of a key looks, and that of the account. `month`: since the first of the UTC month. */
export const KEY_RANGES = ['24h', '7d', '30d'] as const
export const USAGE_RANGES = ['24h', '7d', '30d', 'month'] as const
export type KeyRange = (typeof KEY_RANGES)[number]
export type UsageRange = (typeof USAGE_RANGES)[number]

const DAYS: Record<KeyRange, number> = { '24h': 1, '7d': 7, '30d': 30 }

/** The instant at which a range begins. The API rounds it down to the bucket that it is in. */
export function rangeStart(range: UsageRange, now: number): string {
  if (range === 'month') return `${new Date(now).toISOString().slice(0, 7)}-01T00:00:00.000Z`
  return new Date(now - DAYS[range] * DAY_MS).toISOString()
}

/** The UTC days that a range touches. */
export const daysOf = (range: KeyRange) => DAYS[range] + 1
