import { INTERVAL_MS, type Interval } from '../api/ranges.ts'

const format = (options: Intl.DateTimeFormatOptions) => {
  const formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
  return (at: number) => formatter.format(at)
}
const dayOf = format({ day: 'numeric', month: 'short' })
const timeOf = format({ hour: '2-digit', minute: '2-digit' })

/** A bucket by its start, in UTC: `23 Nov` for a day, `23 Nov, 14:00 to 15:00` for an hour. */
export function bucketText(at: string, interval: Interval): string {
  const start = Date.parse(at)
  if (interval === 'day') return dayOf(start)
  return `${dayOf(start)}, ${timeOf(start)} to ${timeOf(start + INTERVAL_MS[interval])}`
}

type Axis = { ticks: string[]; text: (at: string) => string }

const MOST_TICKS = 9

/**
 * Where a time axis is marked: at whole days where it has more than two, else at whole hours; never so often that it
 * is crowded.
 */
export function timeAxis(starts: string[], interval: Interval): Axis {
  const midnights = starts.filter((at) => at.slice(11, 16) === '00:00')
  const isOfDays = interval === 'day' || midnights.length > 2
  const marked = isOfDays ? midnights : starts
  const step = Math.ceil(marked.length / MOST_TICKS)
  // Counted from the end, so that the present stays marked as time passes.
  const ticks = marked.filter((_, index) => (marked.length - 1 - index) % step === 0)
  return { ticks, text: (at) => (isOfDays ? dayOf : timeOf)(Date.parse(at)) }
}
