import { AREAS, type Finding, type Severity } from './Check.ts'
import type { Diagnosis } from './diagnose.ts'

export type Summary = { ready: boolean; errors: number; warnings: number }

/** Warnings alone do not keep a set-up from being ready. */
export function summaryOf({ findings }: Diagnosis): Summary {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return { ready: errors === 0, errors, warnings: findings.length - errors }
}

const MARKS: Record<Severity, string> = { error: '✗', warning: '!' }
const COLOURS: Record<string, number> = { '✗': 31, '!': 33, '✓': 32 }

/** The diagnosis as lines for people: an area each, what was found in it, and the sum. */
export function renderDiagnosis(diagnosis: Diagnosis, { colour }: { colour: boolean }): string {
  const paint = (mark: string) => (colour && COLOURS[mark] ? `\x1b[${COLOURS[mark]}m${mark}\x1b[0m` : mark)
  const lines = AREAS.flatMap((area) => {
    const findings = diagnosis.findings.filter((finding) => finding.area === area)
    const [made, missing] = [diagnosis.made[area].length, diagnosis.missing[area].length]
    if (made + missing === 0) return []
    const left = missing === 0 ? '' : `, ${missing} not made`
    const mark = findings.length === 0 && made > 0 ? '✓' : ' '
    return [
      `${paint(mark)} ${area}: ${plural(made, 'check')}${left}`,
      ...findings.flatMap((one) => linesOf(one, paint)),
    ]
  })
  const { ready, errors, warnings } = summaryOf(diagnosis)
  const noted = warnings === 0 ? '' : `${ready ? ', with' : ','} ${plural(warnings, 'warning')}`
  lines.push('', `${ready ? 'Ready' : plural(errors, 'problem')}${noted}`)
  return `${lines.join('\n')}\n`
}

function linesOf(
  { id, severity, subject, found, expected, fix, docs }: Finding,
  paint: (mark: string) => string,
): string[] {
  const of = subject === undefined ? '' : ` (${subject})`
  return [
    `  ${paint(MARKS[severity])} ${id}${of}: ${found.replace(/\.$/, '')}. Expected: ${expected}.`,
    `      ${withoutLinks(fix)}`,
    `      ${docs}`,
  ]
}

/** `[text](target)` is for pages. */
const withoutLinks = (text: string) => text.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
