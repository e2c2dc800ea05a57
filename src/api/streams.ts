import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { Context } from 'koa'
import type { Log } from '../platform/log.ts'

type Pages = AsyncIterable<unknown[]>

/**
 * Reads the first page before anything is sent, so that what fails at once is answered as a problem. What fails later
 * can only break the connection.
 */
export async function startReading<Row>(pages: AsyncGenerator<Row[]>): Promise<AsyncGenerator<Row[]>> {
  const first = await pages.next()
  return (async function* () {
    if (first.done) return
    yield first.value
    yield* pages
  })()
}

/** One JSON object: the fields of `head`, then the rows as the list `field`. */
export async function* asJson(head: object, field: string, pages: Pages): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(field)}:[`
  let separator = ''
  for await (const rows of pages) {
    if (rows.length === 0) continue
    yield separator + rows.map((row) => JSON.stringify(row)).join(',')
    separator = ','
  }
  yield ']}'
}

/** One JSON object per line. */
export async function* asJsonLines(pages: Pages): AsyncGenerator<string> {
  for await (const rows of pages)
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

/** A column of a CSV: where its value is in a row (`latencyMs.mean`), and its name. */
export type Column = { key: string; header: string }

/**
 * RFC 4180, with a header. Text that a spreadsheet would take for a formula begins with an apostrophe: names come from
 * people, and files are opened by others.
 */
export async function* asCsv(columns: Column[], pages: Pages): AsyncGenerator<string> {
  const options = { columns, record_delimiter: 'windows', escape_formulas: true } as const
  yield stringify([], { ...options, header: true })
  for await (const rows of pages) if (rows.length > 0) yield stringify(rows, options)
}

/**
 * Sends text as it comes, no faster than it is taken; reading ends when the caller goes away. A fault on the way cuts
 * the connection, so that nobody takes half an answer for the whole.
 */
export function sendStream(ctx: Context, type: string, text: AsyncIterable<string>): void {
  ctx.type = type
  ctx.body = Readable.from(text)
}

const callerLeft = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'])

/** Koa reports here what goes wrong once an answer has begun. */
export function logBrokenAnswers(log: Log) {
  return (error: Error & { code?: string }, ctx: Context | undefined) => {
    const requestId = ctx?.state.requestId
    if (callerLeft.has(error.code ?? ''))
      log.seldom.info({ requestId }, 'the caller left before the end of the answer')
    else log.seldom.error({ requestId, err: error }, 'an answer broke off')
  }
}
