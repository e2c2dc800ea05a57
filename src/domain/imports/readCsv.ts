import { Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { Failure, type FieldFault } from '../failure.ts'
import { CellFault, isNothing, readList, readTime, readWord } from './csvCells.ts'
import { IMPORT_FIELDS } from './importRecord.ts'
import { type Fault, MAX_LINE, parseJson, type Raw, type Text } from './rawLines.ts'

type Record = { line: number; cells: string[] } | { line: number; fault: Fault }

export async function* readCsv(text: Text): AsyncGenerator<Raw> {
  let columns: string[] | undefined
  for await (const record of csvRecords(text)) {
    if (!columns) columns = headerOf(record)
    else if ('fault' in record) yield record
    else yield { line: record.line, ...rowOf(columns, record.cells) }
  }
  if (!columns) throw unreadable(1, 'line', 'required', 'A CSV begins with a line that names its columns.')
}

const DELIMITERS = [',', ';', '\t', '|']

/**
 * What separates the cells, and the text from its beginning. A line `sep=;`, which Excel writes and reads, says it;
 * else that is it which makes a column `hash` of the first line.
 */
async function delimiterOf(text: Text): Promise<{ delimiter: string; whole: AsyncIterable<string> }> {
  const chunks = (async function* () {
    yield* text
  })()
  let start = ''
  for (;;) {
    const { value, done } = await chunks.next()
    if (done) break
    start += value
    if (/\S.*[\r\n]/.test(start) || start.length > MAX_LINE) break
  }
  start = start.replace(/^\uFEFF/, '')
  const declared = /^sep=([^\r\n])(?=[\r\n])/i.exec(start)
  const [head = ''] = start.trimStart().split(/[\r\n]/, 1)
  const names = (delimiter: string) =>
    head.split(delimiter).map((cell) => canonical(cell.replaceAll('"', '')))
  const delimiter = declared?.[1] ?? DELIMITERS.find((one) => names(one).includes('hash')) ?? ','
  // The line stays, empty, so that all lines keep their numbers.
  if (declared) start = start.slice(declared[0].length)
  async function* whole() {
    yield start
    yield* chunks
  }
  return { delimiter, whole: whole() }
}

/** The records of a CSV (RFC 4180, with any delimiter), each with the line on which it begins. */
async function* csvRecords(text: Text): AsyncGenerator<Record> {
  const skipped: Record[] = []
  const { delimiter, whole } = await delimiterOf(text)
  const parser = parse({
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    // A spreadsheet writes the empty rows of its sheet, too.
    skip_records_with_empty_values: true,
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
  const input = Readable.from(whole)
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

/** `Allowed IPs` and `allowed_ips` are `allowedIps`. */
function canonical(name: string): string {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_-]/g, '')
  return IMPORT_FIELDS.find((field) => plain(field) === plain(name)) ?? name.trim()
}

/**
 * Names are repeated only where the line surely is one of columns: else it may be a key that somebody sends by
 * mistake.
 */
function headerOf(record: Record): string[] {
  const columns = 'fault' in record ? [] : record.cells.map(canonical)
  while (columns.at(-1) === '') columns.pop()
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

/** A row's value by its columns; an empty cell is the same as none. */
function rowOf(columns: string[], cells: string[]): { value: unknown } | { fault: Fault } {
  const extra = cells.slice(columns.length)
  if (cells.length < columns.length || extra.some((cell) => cell.trim() !== '')) {
    const message = `has ${cells.length} cells under ${columns.length} columns`
    return { fault: { field: 'line', message, code: 'invalid_format' } }
  }
  const value: { [name: string]: unknown } = {}
  for (const [index, name] of columns.entries()) {
    const cell = (cells[index] ?? '').trim()
    if (isNothing(cell)) continue
    const read = readCell(name, cell)
    if ('fault' in read) return { fault: { ...read.fault, field: name } }
    value[name] = read.value
  }
  return { value }
}

/** Lists are separated, or JSON; metadata is JSON; times and words are as spreadsheets write them. */
function readCell(name: string, cell: string): { value: unknown } | { fault: Fault } {
  switch (name) {
    case 'metadata':
      return parseJson(cell)
    case 'permissions':
    case 'allowedIps':
      return cell.startsWith('[') ? parseJson(cell) : { value: readList(cell) }
    case 'type':
    case 'access':
      return { value: readWord(cell) }
    case 'createdAt':
    case 'expiresAt':
      return readTimeCell(name, cell)
    default:
      return { value: cell }
  }
}

function readTimeCell(name: string, cell: string): { value: unknown } | { fault: Fault } {
  try {
    return { value: readTime(cell) }
  } catch (error) {
    if (!(error instanceof CellFault)) throw error
    return { fault: { field: name, message: error.message, code: 'invalid_format' } }
  }
}

function unreadable(line: number, field: string, code: FieldFault['code'], message: string): Failure {
  const errors = [{ line, field, message, code }]
  return new Failure('validation-error', { detail: `Line ${line}: ${message}`, errors })
}
