import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { describeMachine, loadNow } from '../report.ts'

const README = join(root, 'bench/README.md')
const before = loadNow()

/** The line above a bench's results: when, where, and how busy the machine was before. */
export function describeRun(how: string): string {
  const day = new Date().toISOString().slice(0, 10)
  return `${day}; ${describeMachine()}; load before: ${before}. ${how}`
}

/** Prints a bench's results; with `--write` they also replace those in bench/README.md, between its two marks. */
export async function publish(name: string, markdown: string, write: boolean): Promise<void> {
  process.stdout.write(`${markdown}\n`)
  if (!write) return
  const [start, end] = [`<!-- results: ${name} -->`, `<!-- end of results: ${name} -->`]
  const text = await readFile(README, 'utf8')
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`bench/README.md has no marks ${start} and ${end}`)
  await writeFile(README, `${text.slice(0, from)}${start}\n\n${markdown}\n\n${text.slice(to)}`)
  await promisify(execFile)(join(root, 'node_modules/.bin/biome'), ['format', '--write', README])
}

export const say = (text: string) => process.stderr.write(`${text}\n`)

export const whole = (value: number) => Math.round(value).toLocaleString('en')

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
