import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../api/time.ts'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
] as const
const MONTH_DAYS = 31

/** `in 3 days`, `2 hours ago`, `just now`; beyond a month the date. */
export function relativeText(at: string, now: number): string {
  const difference = Date.parse(at) - now
  if (Math.abs(difference) > MONTH_DAYS * DAY_MS) return dateText(at)
  for (const [unit, length] of UNITS) {
    if (Math.abs(difference) >= length) return relative.format(Math.trunc(difference / length), unit)
  }
  return 'just now'
}

// Made once: to make one takes longer than to draw a row of a table.
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
const instant = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
})

/** `23 Nov 2026`, in UTC, as everything here. */
export const dateText = (at: string) => date.format(new Date(at))

/** `23 Nov 2026, 06:22:05 UTC` */
export const instantText = (at: string) => `${instant.format(new Date(at))} UTC`
