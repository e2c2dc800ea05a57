/** How far back a page of usage looks. `month`: since the first of the UTC month. */
export const RANGES = {
  '24h': { label: '24 hours', words: 'in the last 24 hours' },
  '7d': { label: '7 days', words: 'in the last 7 days' },
  '30d': { label: '30 days', words: 'in the last 30 days' },
  month: { label: 'This month', words: 'this month' },
} as const

export type RangeName = keyof typeof RANGES
export type Interval = 'minute' | 'hour' | 'day'

const HOUR = 3_600_000
const DAYS = { '24h': 1, '7d': 7, '30d': 30 }

/** The instant at which a range begins. The api rounds it down to the bucket that it is in. */
export function rangeStart(range: RangeName, now: number): string {
  if (range === 'month') return `${new Date(now).toISOString().slice(0, 7)}-01T00:00:00.000Z`
  return new Date(now - DAYS[range] * 24 * HOUR).toISOString()
}
