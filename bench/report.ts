import { execFile } from 'node:child_process'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../src/dev/dataDir.ts'
import { writeIntoReadme } from './readme.ts'

/** The machine's load over the last minute; the run itself is in it once it has begun. */
export const loadNow = () => (loadavg()[0] ?? 0).toFixed(2)
const before = loadNow()

/** What the machine is, in one line, without its name. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  return `${availableParallelism()} cores (${model}), ${gigabytes} GB, ${process.platform}, Node ${process.versions.node}; load before: ${before}`
}

/** The line above a bench's results: when, where, and how busy the machine was before. */
export const describeRun = (how: string) =>
  `${new Date().toISOString().slice(0, 10)}; ${describeMachine()}. ${how}`

/** Prints a bench's results; with `write` they also replace those in bench/README.md, between its two marks. */
export async function publish(name: string, markdown: string, write: boolean): Promise<void> {
  process.stdout.write(`${markdown}\n`)
  if (!write) return
  await writeIntoReadme(name, markdown)
  await promisify(execFile)(join(root, 'node_modules/.bin/biome'), [
    'format',
    '--write',
    join(root, 'bench/README.md'),
    join(root, 'bench/results.json'),
  ])
}

export const say = (text: string) => process.stderr.write(`${text}\n`)

export const whole = (value: number) => Math.round(value).toLocaleString('en')

/** The middle one, or the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  const high = sorted[Math.floor(middle)] ?? Number.NaN
  return (low + high) / 2
}

/** The value below which a share `q` of the others lies. */
export function percentile(values: number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1: ${text}`)
  return value
}

/** A Markdown table: numbers to the right, but for the first column. */
export function table(head: string[], rows: string[][]): string {
  const alignment = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [head, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
