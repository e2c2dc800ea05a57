import { AREAS, type Area, type Check, type Finding, type Found } from './Check.ts'
import { CHECKS } from './checks/all.ts'
import type { Facts } from './Facts.ts'

export type Diagnosis = {
  /** Errors before warnings within an area; areas in the order of `AREAS`. */
  findings: Finding[]
  /** Checks that were made, and those for which facts are missing, per area. */
  made: Record<Area, string[]>
  missing: Record<Area, string[]>
}

/** Which line of the docs says what a finding means. */
export const docsOf = (id: string) => `docs/doctor.md#${id}`

/** What is wrong with a set-up. `skip`: checks whose findings the operator has accepted. */
export function diagnose(facts: Facts, skip: ReadonlySet<string> = new Set()): Diagnosis {
  const empty = () =>
    Object.fromEntries(AREAS.map((area) => [area, [] as string[]])) as Record<Area, string[]>
  const diagnosis: Diagnosis = { findings: [], made: empty(), missing: empty() }
  for (const check of CHECKS) {
    if (skip.has(check.id)) continue
    const seen = check.look(facts)
    diagnosis[seen ? 'made' : 'missing'][check.area].push(check.id)
    diagnosis.findings.push(...(seen ?? []).map((one) => findingOf(check, one)))
  }
  const rank = ({ area, severity }: Finding) => AREAS.indexOf(area) * 2 + (severity === 'error' ? 0 : 1)
  diagnosis.findings.sort((one, other) => rank(one) - rank(other))
  return diagnosis
}

const findingOf = ({ id, area, severity, fix }: Check, seen: Found): Finding => ({
  id,
  area,
  severity,
  ...seen,
  fix,
  docs: docsOf(id),
})
