/** What a key did on a UTC day, in the words of `GET /usage`. `type`: null for a key that is not there any more. */
export type DayKey = {
  keyId: string
  type: 'live' | 'test' | null
  requests: number
  refused: number
  errors: number
  clientErrors: number
  serverErrors: number
  units: number
}

const COUNTS = ['requests', 'refused', 'errors', 'clientErrors', 'serverErrors', 'units'] as const
type Counts = Pick<DayKey, (typeof COUNTS)[number]>

/** `liveUnits` and `testUnits` are `units` by the type of the key: only live keys' count towards a plan. */
export type DayContent = { totals: Counts & { liveUnits: number; testUnits: number }; keys: DayKey[] }

/** A day's keys in which something happened, and their sums. Pure. */
export function dayContent(all: DayKey[]): DayContent {
  const keys = all.filter((key) => COUNTS.some((count) => key[count] !== 0))
  const sum = (of: (key: DayKey) => number) => keys.reduce((total, key) => total + of(key), 0)
  const totals = Object.fromEntries(COUNTS.map((count) => [count, sum((key) => key[count])])) as Counts
  const testUnits = sum(({ type, units }) => (type === 'test' ? units : 0))
  return { totals: { ...totals, liveUnits: totals.units - testUnits, testUnits }, keys }
}
