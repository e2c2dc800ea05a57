import { importRecordOf } from './importRecord.ts'
import type { ImportRecord } from './outcome.ts'
import { type Fault, MAX_LINE, parseJson, type Raw, type Text } from './rawLines.ts'
import { readCsv } from './readCsv.ts'

export type ImportFormat = 'jsonl' | 'csv'

/** One line of a file: a key, or what is wrong with it. */
export type Line = { line: number } & ({ record: ImportRecord } | { faults: Fault[] })

/**
 * Reads a file of keys as it comes, whatever its size: the same hash a second time is a fault that names the first
 * line. Blank lines are passed over. Throws Failure `validation-error` where the file as a whole cannot be read: a
 * CSV with other columns, or with a quote that is never closed.
 */
export async function* readImport(text: Text, format: ImportFormat, now: Date): AsyncGenerator<Line> {
  const firstLines = new Map<string, number>()
  for await (const { line, value, fault } of format === 'csv' ? readCsv(text) : readJsonLines(text)) {
    const read = fault ? { faults: [fault] } : importRecordOf(value, line, now)
    if ('faults' in read) {
      yield { line, ...read }
      continue
    }
    const first = firstLines.get(read.record.digest)
    if (first === undefined) firstLines.set(read.record.digest, line)
    yield first === undefined ? { line, ...read } : { line, faults: [duplicate(first)] }
  }
}

/** The first character of a file shows its format: JSON lines begin with a brace. */
export const formatOf = (start: string): ImportFormat => (/^\uFEFF?\s*[{[]/.test(start) ? 'jsonl' : 'csv')

function duplicate(first: number): Fault {
  return { field: 'hash', message: `is the same as in line ${first}`, code: 'duplicate' }
}

async function* readJsonLines(text: Text): AsyncGenerator<Raw> {
  let line = 0
  for await (const content of linesOf(text)) {
    line += 1
    if (content === undefined) yield { line, fault: tooLong }
    else if (content.trim() !== '')
      yield { line, ...parseJson(line === 1 ? content.replace(/^\uFEFF/, '') : content) }
  }
}

const tooLong: Fault = {
  field: 'line',
  message: `must have at most ${MAX_LINE} characters`,
  code: 'too_long',
}

/** Undefined for a line that is too long: it is not kept in memory. */
async function* linesOf(text: Text): AsyncGenerator<string | undefined> {
  let rest: string | undefined = ''
  for await (const chunk of text) {
    const parts: string[] = chunk.split('\n')
    for (let index = 0; index < parts.length; index++) {
      if (index > 0) {
        yield rest
        rest = ''
      }
      const part: string = parts[index] ?? ''
      rest = rest === undefined || rest.length + part.length > MAX_LINE ? undefined : rest + part
    }
  }
  if (rest !== '') yield rest
}
