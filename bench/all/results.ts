import { readFile, rename, writeFile } from 'node:fs/promises'
import type { PartName, Row } from './Part.ts'

export type Outcome =
  | { state: 'measured'; seconds: number; rows: Row[] }
  | { state: 'failed'; seconds: number; reason: string }
  | { state: 'missing' }

/** What a run found, and what it ran on. A part that is not in `parts` was not run. */
export type Results = {
  /** ISO 8601 UTC: when the run began. */
  at: string
  commit: string
  machine: string
  quick: boolean
  parts: Partial<Record<PartName, Outcome>>
}

export async function readResults(file: string): Promise<Results | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

/** Whole or not at all: a run that is killed leaves what it had. */
export async function writeResults(file: string, results: Results): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(results, null, 2)}\n`)
  await rename(`${file}.new`, file)
}
