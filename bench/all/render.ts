import { median, table } from '../report.ts'
import { type Goal, goals } from './goals.ts'
import type { Outcome, Results } from './results.ts'

const HEAD = ['', 'measured', 'goal', '', 'least to most', 'beside it']

/** The page of results: one row per goal, as Markdown. A row that was not measured says why. */
export function renderResults(results: Results): string {
  const rows = goals.map((goal) => rowOf(goal, results.parts[goal.part]))
  const reached = rows.filter((row) => row[3] === 'reached').length
  const measured = rows.filter((row) => row[3] !== '').length
  const { at, commit, machine, quick } = results
  return [
    `${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}; ${machine}.` +
      (quick ? ' **Small samples: they say that the benches work, not how fast the service is.**' : ''),
    '',
    table(HEAD, rows),
    '',
    `${reached} of ${goals.length} goals reached, ${measured - reached} missed, ${goals.length - measured} not measured.`,
  ].join('\n')
}

function rowOf(goal: Goal, outcome: Outcome | undefined): string[] {
  const { id, what, most, least } = goal
  const wanted = most === undefined ? `≥ ${show(goal, least)}` : `≤ ${show(goal, most)}`
  const without = (why: string) => [what, why, wanted, '', '', '']
  if (!outcome) return without('not run')
  if (outcome.state === 'missing') return without('no bench yet')
  if (outcome.state === 'failed') return without(`failed: ${inACell(outcome.reason)}`)
  const row = outcome.rows.find((one) => one.id === id)
  if (!row || row.values.length === 0 || row.values.some(Number.isNaN)) return without('not measured')
  const middle = median(row.values)
  const isReached = most === undefined ? middle >= (least ?? Number.NaN) : middle <= most
  const range =
    row.values.length > 1
      ? `${show(goal, Math.min(...row.values))} to ${show(goal, Math.max(...row.values))}`
      : ''
  const verdict = isReached ? 'reached' : '**missed**'
  return [what, show(goal, middle), wanted, verdict, range, row.beside ?? '']
}

function show({ digits, unit }: Goal, value = Number.NaN): string {
  const text = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return unit === '' || unit === '/s' ? `${text}${unit}` : `${text} ${unit}`
}

/** The first line, without what would end the cell. */
const inACell = (text: string) =>
  (text.split('\n', 1)[0] ?? '').replaceAll('|', '/').replaceAll('`', "'").slice(0, 120)
