import type { Facts } from './Facts.ts'

export const AREAS = [
  'Machine',
  'Settings',
  'Postgres',
  'Redis',
  'Regions and queues',
  'Public URL',
  'Email',
] as const
export type Area = (typeof AREAS)[number]

/** `error`: it does not work, or what the service promises does not hold. `warning`: look at it. */
export type Severity = 'error' | 'warning'

/** What a check found. `subject`: which one, where there are several (a region, a setting). */
export type Found = { found: string; expected: string; subject?: string; severity?: Severity }

export type Check = {
  /** Its name, and its anchor in docs/doctor.md. */
  id: string
  area: Area
  severity: Severity
  /** What it finds, and why that matters: sentences for docs/doctor.md. */
  why: string
  /** What to do. */
  fix: string
  /** Pure. Undefined where the facts for it are missing. */
  look: (facts: Facts) => Found[] | undefined
}

export type Finding = Found & { id: string; area: Area; severity: Severity; fix: string; docs: string }

/** One finding, or none. */
export const found = (isFound: boolean, what: Found): Found[] => (isFound ? [what] : [])
