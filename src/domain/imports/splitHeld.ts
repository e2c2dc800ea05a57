import { excessOf, grantOf, type Holder } from '../keys/holding.ts'
import type { ImportRecord, LineError } from './outcome.ts'

/**
 * The keys that whoever imports may give, and an error for each field of the others that goes beyond what they hold.
 */
export function splitHeld(
  records: ImportRecord[],
  holder: Holder,
): { held: ImportRecord[]; errors: LineError[] } {
  const held: ImportRecord[] = []
  const errors: LineError[] = []
  for (const record of records) {
    const expiresAt = record.expiresAt === null ? null : new Date(record.expiresAt)
    const excess = excessOf(holder, grantOf({ ...record, expiresAt }))
    if (excess.length === 0) held.push(record)
    for (const { field, message } of excess)
      errors.push({ line: record.line, field, message, code: 'insufficient-permissions' })
  }
  return { held, errors }
}
