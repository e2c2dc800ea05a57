import { pino } from 'pino'

export type Log = pino.Logger

/** An error as it may be logged. Postgres repeats the values of a refused row in `detail` and `where`: digests, password hashes. */
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
export function createLog(level: string, bindings: { process: string }): Log {
  return pino({
    level,
    base: { ...bindings, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: withoutValues },
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.authorization', '*.cookie', '*.password', '*.key', '*.secret', 'key', 'secret', 'password'],
      censor: '[redacted]',
    },
  })
}
