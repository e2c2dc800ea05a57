import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Failure, type FailureCode, type FailureDetails, invalid } from '../../domain/failure.ts'
import type { ImportFormat } from '../../domain/imports/readImport.ts'
import type { ImportFile } from '../../domain/imports/readWhole.ts'
import { within } from '../../platform/within.ts'
import { Problem } from '../problems.ts'

/** A body's lines at most; larger files are the command line's, which splits them. */
export const MAX_LINES = 5_000
/** A body's bytes at most. */
export const MAX_IMPORT_BYTES = 512 * 1024
/** Reading stops at this many lines that are no keys. */
const MAX_FAILED = 500
/** Imports that a process has in hand at once, of all accounts. */
const MAX_IMPORTS = 16
/** From a file's arrival to its outcome, its wait for the files before it included. Reading takes half a second. */
export const READ_MS = 10_000
const MEMORY_MB = 256

export type ReadRequest = { text: string; format: ImportFormat; at: number; lines: number; maxFailed: number }
export type ReadResult = { file: ImportFile } | { failure: { code: FailureCode; details: FailureDetails } }

/**
 * Reads and checks files of keys in a thread of its own, one after another: checking thousands of lines takes longer
 * than a verification may wait. The thread starts with the first file.
 */
export class ImportReader {
  #thread: Worker | undefined
  #last: Promise<unknown> = Promise.resolve()
  #accounts = new Set<string>()

  /**
   * Runs an account's import; the next one is refused until it has ended. Throws Failure `import-in-progress`, or
   * Problem `service-unavailable` where other accounts have taken all places.
   */
  async alone<Value>(accountId: string, task: () => Promise<Value>): Promise<Value> {
    if (this.#accounts.has(accountId)) throw importInProgress()
    if (this.#accounts.size >= MAX_IMPORTS) {
      const detail = 'Other imports are under way. Send this one again in a moment.'
      throw new Problem('service-unavailable', { detail, retryAfter: 2 })
    }
    this.#accounts.add(accountId)
    try {
      return await task()
    } finally {
      this.#accounts.delete(accountId)
    }
  }

  /**
   * Throws Failure `validation-error`: too many lines, too many that are no keys, or none that is one. Throws Problem
   * `service-unavailable` after READ_MS.
   */
  read(text: string, format: ImportFormat, now: Date): Promise<ImportFile> {
    const lines = countLines(text)
    if (lines > MAX_LINES) {
      const message = `has more than ${MAX_LINES} lines. Split the file, or import it with bin/keys account import`
      throw invalid('body', 'too_long', message)
    }
    const request = { text, format, at: now.getTime(), lines, maxFailed: MAX_FAILED }
    let isLate = false
    const reading = this.#last.then(() => {
      // Nobody waits for it any more: those behind it should not, either.
      if (isLate) throw tooLate()
      return this.#ask(request)
    })
    this.#last = reading.catch(() => {})
    return within(READ_MS, reading, () => {
      isLate = true
      return tooLate()
    })
  }

  async #ask(request: ReadRequest): Promise<ImportFile> {
    const thread = this.#started()
    const cancel = new AbortController()
    const { signal } = cancel
    thread.postMessage(request)
    try {
      const [result] = (await within(READ_MS, once(thread, 'message', { signal }), tooLate)) as [ReadResult]
      if ('file' in result) return result.file
      throw new Failure(result.failure.code, result.failure.details)
    } catch (error) {
      if (!(error instanceof Failure)) this.#end()
      throw error
    } finally {
      cancel.abort()
    }
  }

  #started(): Worker {
    if (this.#thread) return this.#thread
    const thread = new Worker(new URL('./readInThread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    })
    thread.once('exit', () => {
      if (this.#thread === thread) this.#thread = undefined
    })
    // Whoever waits hears of it, too.
    thread.on('error', () => {})
    thread.unref()
    this.#thread = thread
    return thread
  }

  #end(): void {
    const thread = this.#thread
    this.#thread = undefined
    void thread?.terminate()
  }
}

export function importInProgress(operationId?: string): Failure {
  return new Failure('import-in-progress', {
    detail: 'An import of this account is under way. Send this one again when it has ended.',
    ...(operationId === undefined ? {} : { operationId }),
    retryAfter: 1,
  })
}

const tooLate = () =>
  new Problem('service-unavailable', { detail: 'The file could not be read in time.', retryAfter: 2 })

/** As editors count; no further than what is too many. */
function countLines(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0 && lines <= MAX_LINES; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
