import { MINUTE_MS } from '../../api/time.ts'

const UNITS: Record<string, [word: string, minutes: number]> = {
  m: ['minute', 1],
  h: ['hour', 60],
  d: ['day', 1440],
}

/** `15m` as `15 minutes`; what is no such duration stays what it is. */
export function durationWords(duration: string): string {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(duration) ?? []
  const [word] = UNITS[unit ?? ''] ?? []
  if (count === undefined || word === undefined) return duration
  return `${count} ${word}${count === '1' ? '' : 's'}`
}

/** After `every`: `15 minutes`, `hour`. */
export const everyWords = (duration: string) => durationWords(duration).replace(/^1 /, '')

export function minutesOf(duration: string): number {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(duration) ?? []
  return Number(count ?? 0) * (UNITS[unit ?? '']?.[1] ?? 0)
}

/** How long something lasted: `3 min`, `2 h 5 min`, `1 d 4 h`. */
export function lengthText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE_MS))
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`
  if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`
  return minutes === 0 ? 'under a minute' : `${rest} min`
}
