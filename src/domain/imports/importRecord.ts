import { z } from 'zod'
import { Failure, type FieldFault } from '../failure.ts'
import { faultsOf } from '../faults.ts'
import { permissionsFor } from '../keys/access.ts'
import { Access, AllowedIps, HINT, Instant, KeyTypes, Metadata, Permission, text } from '../keys/keyFields.ts'
import { name } from '../names.ts'
import { unstorable } from '../storable.ts'
import type { ImportRecord } from './outcome.ts'
import { parseHash } from './parseHash.ts'
import { isPlaceholder } from './placeholders.ts'

/** The hint of an imported key whose last 4 characters were not given. */
const UNKNOWN_HINT = '????'

/** One key as files have it. `null` is the same as absent. */
export const ImportLine = z.strictObject({
  hash: z
    .string()
    .max(128)
    .describe('SHA-256 of the whole key: hex or base64, also behind "sha256:", "sha256-" or "sha256$"'),
  name: name(100),
  type: KeyTypes.nullish(),
  access: Access.nullish().describe('Default: `full`'),
  permissions: z.array(Permission).max(50).nullish(),
  allowedIps: AllowedIps.nullish(),
  expiresAt: Instant.nullish(),
  metadata: Metadata.nullish(),
  hint: z.string().regex(HINT, 'must be the last 4 characters of the key, and no more').nullish(),
  createdAt: Instant.nullish().describe('When the old system created the key'),
  externalId: text(256).nullish().describe('Its ID in the old system. Kept in `metadata` as `externalId`'),
})

export const IMPORT_FIELDS = Object.keys(ImportLine.shape)

/** A line's value as a key to import, else every fault of it. */
export function importRecordOf(
  value: unknown,
  line: number,
  now: Date,
): { record: ImportRecord } | { faults: FieldFault[] } {
  const bad = unstorable(value, 'line')
  if (bad) return { faults: [bad] }
  const parsed = ImportLine.safeParse(value, { reportInput: true })
  if (!parsed.success) return { faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, 'line')) }
  const { hash, externalId, ...fields } = parsed.data
  const access = fields.access ?? 'full'
  const found = parseHash(hash)
  const metadata = withId(fields.metadata ?? {}, externalId)
  const times = {
    expiresAt: inUtc(fields.expiresAt),
    createdAt: inUtc(fields.createdAt),
  }
  const permissions = attempt(() => permissionsFor(access, fields.permissions ?? undefined))
  const faults: FieldFault[] = []
  if ('fault' in found) faults.push({ field: 'hash', message: found.fault, code: 'invalid_format' })
  else if (isPlaceholder(found.digest)) faults.push(placeholder)
  if ('faults' in permissions) faults.push(...permissions.faults)
  if (metadata === undefined) {
    const message = 'does not fit into metadata beside what is there'
    faults.push({ field: 'externalId', message, code: 'invalid_format' })
  }
  if (times.expiresAt !== null && new Date(times.expiresAt) <= now)
    faults.push({ field: 'expiresAt', message: 'must be in the future', code: 'out_of_range' })
  if (times.createdAt !== null && new Date(times.createdAt) > now)
    faults.push({ field: 'createdAt', message: 'must not be in the future', code: 'out_of_range' })
  if ('fault' in found || 'faults' in permissions || metadata === undefined || faults.length > 0)
    return { faults }
  return {
    record: {
      line,
      digest: found.digest,
      name: fields.name,
      type: fields.type ?? 'live',
      access,
      permissions: permissions.value,
      allowedIps: fields.allowedIps ?? [],
      metadata,
      hint: fields.hint ?? UNKNOWN_HINT,
      ...times,
    },
  }
}

const placeholder: FieldFault = {
  field: 'hash',
  message: 'is the SHA-256 of a placeholder such as "undefined" or "YOUR_API_KEY", which is nobody’s key',
  code: 'invalid_format',
}

const inUtc = (instant: string | null | undefined) => (instant ? new Date(instant).toISOString() : null)

/** The metadata with the foreign ID in it; undefined where it has another one, or would become too much. */
function withId(metadata: Record<string, unknown>, externalId: string | null | undefined) {
  if (externalId === undefined || externalId === null || metadata.externalId === externalId) return metadata
  if (metadata.externalId !== undefined) return undefined
  const all = { ...metadata, externalId }
  return Metadata.safeParse(all).success ? all : undefined
}

function attempt<Value>(run: () => Value): { value: Value } | { faults: FieldFault[] } {
  try {
    return { value: run() }
  } catch (error) {
    if (error instanceof Failure && error.details.errors) return { faults: error.details.errors }
    throw error
  }
}
