import { pino } from 'pino'
import { type After, kindOf, oncePerSecond } from './oncePerSecond.ts'
import { tracing } from './tracing.ts'

type Write = (facts: Record<string, unknown>, text: string) => void

/**
 * `seldom`: for what may happen with every request. Of one kind it writes a line a second at most, with their number
 * as `times`.
 */
export type Log = pino.Logger & { seldom: Record<'info' | 'warn' | 'error', Write> }

/**
 * An error as it may be logged. Postgres repeats the values of a refused row in `detail` and `where`: digests,
 * password hashes.
 */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const {
    detail: _,
    where: __,
    internalQuery: ___,
    ...entry
  } = pino.stdSerializers.err(error) as pino.SerializedError
  return entry
}

/**
 * One JSON line per entry on stdout. Redaction is the second fence: secrets are never handed to the
 * logger, and these paths would be blanked if one were.
 */
export function createLog(
  level: string,
  bindings: { process: string },
  { after, to }: { after?: After; to?: pino.DestinationStream } = {},
): Log {
  const options: pino.LoggerOptions = {
    level,
    base: { ...bindings, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: withoutValues },
    // Finds the trace of a line, and the lines of a trace.
    ...(tracing.isOn ? { mixin: () => tracing.ids() ?? {} } : {}),
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.authorization', '*.cookie', '*.password', '*.key', '*.secret', 'key', 'secret', 'password'],
      censor: '[redacted]',
    },
  }
  const log = to ? pino(options, to) : pino(options)
  const seldom = (how: keyof Log['seldom']): Write => {
    const write = oncePerSecond<[Record<string, unknown>, string]>(
      ([facts, text], times) => log[how](times === undefined ? facts : { ...facts, times }, text),
      after,
    )
    return (facts, text) =>
      write([text, facts.route, facts.queue, facts.job, facts.region, kindOf(facts.err)].join(' '), [
        facts,
        text,
      ])
  }
  return Object.assign(log, {
    seldom: { info: seldom('info'), warn: seldom('warn'), error: seldom('error') },
  })
}
