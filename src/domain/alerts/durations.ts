const UNITS: Record<string, number> = { m: 1, h: 60, d: 1_440 }

/** `90m`, `6h`, `7d` in minutes; undefined where it is none, or longer than a month. */
export function minutesOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  if (digits === undefined || unit === undefined) return undefined
  const minutes = Number(digits) * (UNITS[unit] ?? 0)
  return minutes <= 43_200 ? minutes : undefined
}

/** Minutes as the longest unit that says them in a whole number. Windows of a day are `24h`. */
export function asDuration(minutes: number): string {
  if (minutes > 1_440 && minutes % 1_440 === 0) return `${minutes / 1_440}d`
  return minutes > 0 && minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`
}
