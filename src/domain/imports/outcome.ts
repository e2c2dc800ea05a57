import { z } from 'zod'
import { Access, KeyTypes } from '../keys/keyFields.ts'

/** A key to import, as the command's row carries it: never a secret. `line` is where it stands in its file. */
export const ImportRecord = z
  .object({
    line: z.int(),
    digest: z.string(),
    name: z.string(),
    type: KeyTypes,
    access: Access,
    permissions: z.array(z.string()),
    allowedIps: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()),
    hint: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ImportedKey' })
export type ImportRecord = z.infer<typeof ImportRecord>

/** Why a line was not imported. A line may have several. */
export const LineError = z
  .object({
    line: z.int().describe('The number of the line, from 1'),
    field: z.string(),
    message: z.string(),
    code: z.enum([
      'required',
      'invalid_type',
      'out_of_range',
      'invalid_format',
      'too_long',
      'unknown_field',
      'duplicate',
      'key-limit-reached',
      'hash-not-importable',
      'insufficient-permissions',
    ]),
  })
  .meta({ id: 'ImportLineError' })
export type LineError = z.infer<typeof LineError>

/** Errors that an outcome lists; it counts them all. */
const ERRORS_LISTED = 100

export const ImportOutcome = z
  .object({
    dryRun: z.boolean(),
    total: z.int().describe('Lines with a key: imported, unchanged and failed'),
    imported: z.int().describe('In a dry run: what would be imported'),
    unchanged: z.int().describe('Lines whose key the account already has, in any status'),
    failed: z.int().describe('Lines that were not imported'),
    errors: z.array(LineError).describe(`The first ${ERRORS_LISTED}, by line`),
    furtherErrors: z.int().describe('Errors beyond those listed'),
    keys: z.array(z.object({ line: z.int(), id: z.string() })).describe('The imported keys'),
  })
  .meta({ id: 'ImportOutcome' })
export type ImportOutcome = z.infer<typeof ImportOutcome>

/** What reading a file has found before anything is asked of the database. */
export const FileFaults = z.object({ failed: z.int(), errors: z.array(LineError), furtherErrors: z.int() })
export type FileFaults = z.infer<typeof FileFaults>

/** Adds errors up to the bound, in the order of lines, and counts the rest. */
export function boundErrors(
  errors: LineError[],
  further = 0,
): { errors: LineError[]; furtherErrors: number } {
  const inOrder = errors.toSorted((one, other) => one.line - other.line)
  const listed = inOrder.slice(0, ERRORS_LISTED)
  return { errors: listed, furtherErrors: further + inOrder.length - listed.length }
}

/** What becomes of a file: what reading it has found, and what was decided about its keys. */
export function outcomeOf(
  file: FileFaults,
  decided: {
    dryRun: boolean
    imported: number
    unchanged: number
    errors: LineError[]
    keys: ImportOutcome['keys']
  },
): ImportOutcome {
  const { dryRun, imported, unchanged, keys } = decided
  const failed = file.failed + decided.errors.length
  return {
    dryRun,
    total: imported + unchanged + failed,
    imported,
    unchanged,
    failed,
    ...boundErrors([...file.errors, ...decided.errors], file.furtherErrors),
    keys,
  }
}
