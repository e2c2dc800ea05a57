import { pino } from 'pino'

export type Log = pino.Logger

/**
 * One JSON line per entry on stdout. Redaction is the second fence: secrets are never handed to the
 * logger, and these paths would be blanked if one were.
 */
export function createLog(level: string, bindings: { process: string }): Log {
  return pino({
    level,
    base: { ...bindings, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.authorization', '*.cookie', '*.password', '*.key', '*.secret', 'key', 'secret', 'password'],
      censor: '[redacted]',
    },
  })
}
