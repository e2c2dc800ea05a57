import { DAY_MS, MINUTE_MS } from '../time.ts'
/** A cell that cannot be read; `message` goes behind the name of its column. */
export class CellFault extends Error {}

const TIME = String.raw`(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?)?`
const ZONE = String.raw`\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?`
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${TIME}${ZONE}$`, 'i')
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${TIME}${ZONE}$`, 'i')

/**
 * A time as spreadsheets of any locale write it, as ISO 8601; without an offset it is UTC, without a time the day's
 * beginning. `31.12.2026` is day first, as everywhere where dots are written; with other separators only what can be
 * read in one way is taken. Throws CellFault.
 */
export function readTime(cell: string): string {
  const yearFirst = YEAR_FIRST.exec(cell)
  if (yearFirst) {
    const [, year, month, day, ...time] = yearFirst
    return instantOf(Number(year), Number(month), Number(day), time)
  }
  const yearLast = YEAR_LAST.exec(cell)
  // Whatever else it is, the schema says that it is no time.
  if (!yearLast) return cell
  const [, first, separator, second, year, ...time] = yearLast
  const [one, other] = [Number(first), Number(second)]
  if (separator === '.' || one > 12) return instantOf(Number(year), other, one, time)
  if (other > 12 || one === other) return instantOf(Number(year), one, other, time)
  throw new CellFault(
    'is ambiguous: which is the day, and which is the month? Write it as 2026-12-31T00:00:00Z',
  )
}

function instantOf(year: number, month: number, day: number, time: (string | undefined)[]): string {
  const [hours = '0', minutes = '0', seconds = '0', half, zone = 'Z'] = time
  const isPm = half !== undefined && /^p/i.test(half)
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (isPm ? 12 : 0)
  const midnight = Date.UTC(year, month - 1, day)
  const isDay = new Date(midnight).getUTCDate() === day && new Date(midnight).getUTCMonth() === month - 1
  const ofDay = ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000
  const isTime =
    ofDay < DAY_MS && Number(minutes) < 60 && Number(seconds) < 60 && Number(hours) <= (half ? 12 : 23)
  if (!isDay || !isTime) throw new CellFault('is no day and time that there are')
  return new Date(midnight + ofDay - offsetOf(zone)).toISOString()
}

/** In ms east of UTC. */
function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
}

/** A list: its items are separated by spaces, commas, semicolons or bars, none of which are in an item. */
export const readList = (cell: string): string[] => cell.split(/[\s,;|]+/).filter((item) => item !== '')

/** `Read only` is `read_only`. */
export const readWord = (cell: string): string => cell.toLowerCase().replace(/[\s-]+/g, '_')

/** What databases and spreadsheets write for nothing. */
export const isNothing = (cell: string): boolean =>
  cell === '' || cell === 'NULL' || cell === '\\N' || cell === '#N/A'
