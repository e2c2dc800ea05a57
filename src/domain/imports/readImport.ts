import { Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { Failure, type FieldFault } from '../failure.ts'
import { IMPORT_FIELDS, importRecordOf } from './importRecord.ts'
import type { ImportRecord, LineError } from './outcome.ts'

export type ImportFormat = 'jsonl' | 'csv'

type Fault = Omit<LineError, 'line'>

/** One line of a file: a key, or what is wrong with it. */
export type Line = { line: number } & ({ record: ImportRecord } | { faults: Fault[] })

/** Characters of one line, and of one record of a CSV. */
const MAX_LINE = 32_768

type Text = AsyncIterable<string> | Iterable<string>

/**
 * Reads a file of keys as it comes, whatever its size: the same hash a second time is a fault that names the first line.
 * Blank lines are passed over. Throws Failure `validation-error` where the file as a whole cannot be read: a CSV with other
 * columns, or with a quote that is never closed.
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

/** A file tells by its first character: JSON lines begin with a brace. */
export const formatOf = (start: string): ImportFormat => (/^\uFEFF?\s*[{[]/.test(start) ? 'jsonl' : 'csv')

type Raw = { line: number; value?: unknown; fault?: Fault }

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

function parseJson(content: string): { value: unknown } | { fault: Fault } {
  try {
    return { value: JSON.parse(content) }
  } catch {
    return { fault: { field: 'line', message: 'is not valid JSON', code: 'invalid_format' } }
  }
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

type Record = { line: number; cells: string[] } | { line: number; fault: Fault }

async function* readCsv(text: Text): AsyncGenerator<Raw> {
  let columns: string[] | undefined
  for await (const record of csvRecords(text)) {
    if (!columns) columns = headerOf(record)
    else if ('fault' in record) yield record
    else yield { line: record.line, ...rowOf(columns, record.cells) }
  }
  if (!columns) throw unreadable(1, 'line', 'required', 'A CSV begins with a line that names its columns.')
}

/** The records of a CSV (RFC 4180), each with the line on which it begins. */
async function* csvRecords(text: Text): AsyncGenerator<Record> {
  const skipped: Record[] = []
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE,
    skip_records_with_error: true,
    on_skip: (error) => {
      if (!error || error.code === 'CSV_MAX_RECORD_SIZE' || error.code === 'CSV_QUOTE_NOT_CLOSED') throw error
      const line = error.lines as number
      if (skipped.at(-1)?.line !== line) skipped.push({ line, fault: badQuote })
      return undefined
    },
    on_record: (cells, { lines }) => {
      const breaks = cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
      return [String(lines - breaks), ...cells]
    },
  })
  const input = Readable.from(text)
  input.on('error', (error) => parser.destroy(error))
  input.pipe(parser)
  try {
    for await (const [start, ...cells] of parser as AsyncIterable<string[]>) {
      const line = Number(start)
      while (skipped[0] && skipped[0].line < line) yield skipped.shift() as Record
      yield { line, cells }
    }
  } catch (error) {
    const { code, lines } = error as CsvError
    if (code === 'CSV_MAX_RECORD_SIZE' || code === 'CSV_QUOTE_NOT_CLOSED') {
      const message = `A quote is opened and not closed, or there are more than ${MAX_LINE} characters.`
      throw unreadable(Number(lines), 'line', 'invalid_format', message)
    }
    throw error
  } finally {
    input.destroy()
  }
  yield* skipped
}

const badQuote: Fault = {
  field: 'line',
  message: 'has a quote in the wrong place: a cell with quotes is quoted whole, and has its own doubled',
  code: 'invalid_format',
}

/** Names are repeated only where the line surely is one of columns: else it may be a key that somebody sends by mistake. */
function headerOf(record: Record): string[] {
  const columns = 'fault' in record ? [] : record.cells.map((cell) => cell.trim())
  if (!columns.includes('hash')) {
    const message = `The first line must name the columns, and "hash" among them. Columns are ${IMPORT_FIELDS.join(', ')}.`
    throw unreadable(record.line, 'hash', 'required', message)
  }
  for (const [index, name] of columns.entries()) {
    if (!IMPORT_FIELDS.includes(name)) {
      const message = `There is no column "${name.slice(0, 64)}". Columns are ${IMPORT_FIELDS.join(', ')}.`
      throw unreadable(record.line, name.slice(0, 64), 'unknown_field', message)
    }
    if (columns.indexOf(name) !== index)
      throw unreadable(record.line, name, 'invalid_format', `The column "${name}" is there twice.`)
  }
  if (!columns.includes('name'))
    throw unreadable(record.line, 'name', 'required', 'The column "name" is missing.')
  return columns
}

/** An empty cell is the same as none. Lists are separated by spaces, or JSON; metadata is JSON. */
function rowOf(columns: string[], cells: string[]): { value: unknown } | { fault: Fault } {
  if (cells.length !== columns.length) {
    const message = `has ${cells.length} cells under ${columns.length} columns`
    return { fault: { field: 'line', message, code: 'invalid_format' } }
  }
  const value: { [name: string]: unknown } = {}
  for (const [index, name] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell === '') continue
    const isList = name === 'permissions' || name === 'allowedIps'
    if (name === 'metadata' || (isList && cell.trim().startsWith('['))) {
      const parsed = parseJson(cell)
      if ('fault' in parsed) return { fault: { ...parsed.fault, field: name } }
      value[name] = parsed.value
    } else value[name] = isList ? cell.split(/\s+/).filter((item) => item !== '') : cell
  }
  return { value }
}

function unreadable(line: number, field: string, code: FieldFault['code'], message: string): Failure {
  const errors = [{ line, field, message, code }]
  return new Failure('validation-error', { detail: `Line ${line}: ${message}`, errors })
}
