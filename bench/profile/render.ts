import { table, whole } from '../report.ts'
import { ALL, type Parts } from './nodeParts.ts'
import type { Statement } from './postgresParts.ts'

export type Column = { head: string; parts: Parts }
/** Where a unit of work spends its CPU time, by process, and the statements that it runs. */
export type Profile = { columns: Column[]; statements: Statement[] }

/** In what a table counts: µs, or thousands of them. */
export type Unit = { of: string; in: 'µs' | 'ms' }

const STATEMENTS_SHOWN = 6
const TEXT_LENGTH = 70

const scale = (unit: Unit) => (time: number) => (unit.in === 'µs' ? time : time / 1_000).toFixed(1)

/** A row for each part, the largest first, and their sum; a column for each process. */
export function renderParts(unit: Unit, columns: Column[]): string {
  const show = scale(unit)
  const names = [...new Set(columns.flatMap(({ parts }) => [...parts.keys()]))].filter((name) => name !== ALL)
  const most = (name: string) => Math.max(...columns.map(({ parts }) => parts.get(name) ?? 0))
  const shown = names.filter((name) => columns.some(({ parts }) => Number(show(parts.get(name) ?? 0)) > 0))
  const rows = [...shown.toSorted((a, b) => most(b) - most(a)), ALL].map((name) => [
    name,
    ...columns.map(({ parts }) => {
      const time = parts.get(name)
      return time === undefined ? '' : show(time)
    }),
  ])
  return table([`${unit.in} ${unit.of}`, ...columns.map(({ head }) => head)], rows)
}

/** The statements that take longest, and how many there are in all. */
export function renderStatements(unit: Unit, statements: Statement[]): string {
  const show = scale(unit)
  const sum = (list: Statement[], of: 'calls' | 'planning' | 'executing') =>
    list.reduce((total, one) => total + one[of], 0)
  const row = (name: string, list: Statement[]) => [
    name,
    times(sum(list, 'calls')),
    show(sum(list, 'planning')),
    show(sum(list, 'executing')),
  ]
  const time = ({ planning, executing }: Statement) => planning + executing
  const sorted = statements.toSorted((a, b) => time(b) - time(a))
  const largest = sorted.slice(0, STATEMENTS_SHOWN).filter((one) => Number(show(time(one))) > 0)
  const rows = [
    ...largest.map((one) => row(`\`${shorten(one.text)}\``, [one])),
    row(
      'the others',
      sorted.filter((one) => !largest.includes(one)),
    ),
    row('all', statements),
  ]
  return table([`statements ${unit.of}`, 'times', `planning, ${unit.in}`, `executing, ${unit.in}`], rows)
}

/** How often a unit of work runs it: many units share one. */
const times = (calls: number) =>
  calls === 0 ? '0' : calls < 0.1 ? `1 in ${whole(1 / calls)}` : calls.toFixed(1)

export const shorten = (text: string) =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[|`]/g, '').trim().slice(0, TEXT_LENGTH)

export const renderProfile = (unit: Unit, { columns, statements }: Profile): string =>
  [renderParts(unit, columns), ...(statements.length > 0 ? [renderStatements(unit, statements)] : [])].join(
    '\n\n',
  )
