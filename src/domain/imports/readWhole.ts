import { Failure, type FieldFault } from '../failure.ts'
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
      const errors = line.faults.map((fault) => ({ line: line.line, ...fault }))
      const bounded = boundErrors([...this.#errors, ...errors], this.#further)
      this.#errors = bounded.errors
      this.#further = bounded.furtherErrors
    }
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

/** All of a file at once. Throws Failure `validation-error` where no line of it is a key. */
export async function readWhole(lines: AsyncIterable<Line>): Promise<ImportFile> {
  const reader = new FileReader()
  for await (const line of lines) reader.add(line)
  const file = reader.take()
  if (file.records.length > 0) return file
  // Without a key there is no duplicate, which is the one code that problems do not have.
  throw new Failure('validation-error', {
    detail: file.failed === 0 ? 'There is no line with a key.' : 'No line is a key that can be imported.',
    errors:
      file.failed === 0
        ? [{ field: 'line', message: 'is required', code: 'required' }]
        : (file.errors as FieldFault[]),
  })
}
