import { Failure, type FieldFault } from '../failure.ts'
import { storableText } from '../storable.ts'
import { boundErrors, type FileFaults, type ImportRecord, type LineError } from './outcome.ts'
import type { Line } from './readImport.ts'

export type ImportFile = FileFaults & { records: ImportRecord[] }

/** Sorts lines into keys and faults. */
export class FileReader {
  records: ImportRecord[] = []
  #failed = 0
  #further = 0
  #errors: LineError[] = []

  add(line: Line): void {
    if ('record' in line) this.records.push(line.record)
    else {
      this.#failed += 1
      // The row of the import keeps them, and a field may have any name.
      const errors = line.faults.map(({ field, message, code }) => ({
        ...{ line: line.line, field: storableText(field), message: storableText(message), code },
      }))
      const bounded = boundErrors([...this.#errors, ...errors], this.#further)
      this.#errors = bounded.errors
      this.#further = bounded.furtherErrors
    }
  }

  /** Lines that are no keys, since the last time. */
  get failed(): number {
    return this.#failed
  }

  /** What was read since the last time. */
  take(): ImportFile {
    const taken = {
      records: this.records,
      failed: this.#failed,
      errors: this.#errors,
      furtherErrors: this.#further,
    }
    this.records = []
    this.#failed = 0
    this.#further = 0
    this.#errors = []
    return taken
  }
}

/**
 * All of a file at once. Throws Failure `validation-error` where no line of it is a key, or more than `maxFailed` are
 * none: then the rest of its `lines` is not read.
 */
export async function readWhole(
  source: AsyncIterable<Line>,
  { maxFailed = Number.POSITIVE_INFINITY, lines = 0 } = {},
): Promise<ImportFile> {
  const reader = new FileReader()
  for await (const line of source) {
    reader.add(line)
    if (reader.failed > maxFailed) throw tooManyFaults(reader, Math.max(0, lines - line.line))
  }
  const file = reader.take()
  if (file.records.length > 0) return file
  throw new Failure('validation-error', {
    detail: file.failed === 0 ? 'There is no line with a key.' : 'No line has a key that can be imported.',
    errors:
      file.failed === 0 ? [{ field: 'line', message: 'is required', code: 'required' }] : faultsOf(file),
  })
}

function tooManyFaults(reader: FileReader, unread: number): Failure {
  const file = reader.take()
  const detail = `${file.failed} lines are not keys that can be imported, so nothing was imported. ${unread} more lines were not read.`
  return new Failure('validation-error', {
    detail,
    errors: faultsOf(file),
    furtherErrors: file.furtherErrors,
    unreadLines: unread,
  })
}

/** A duplicate is the one code that problems do not have. */
const faultsOf = ({ errors }: ImportFile) =>
  errors.map(({ code, ...error }) => ({
    ...error,
    code: code === 'duplicate' ? 'invalid_format' : (code as FieldFault['code']),
  }))
