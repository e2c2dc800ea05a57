import { readFileSync } from 'node:fs'
import { MIGRATIONS } from './postgres.ts'

/** Lock modes of Postgres that stop others, from what they stop. Weaker ones let reads and writes go on. */
export const STOPS: Record<string, string> = {
  ShareLock: 'writes',
  ShareRowExclusiveLock: 'writes',
  ExclusiveLock: 'writes',
  AccessExclusiveLock: 'reads and writes',
}

/**
 * What a migration does to tables that were there before it, as Postgres showed when the release was made:
 * `test/migrations/effects.test.ts` runs each one and writes `migrations/effects.json`.
 */
export type Effects = {
  /** One transaction: its locks are held to the end. */
  transactional: boolean
  /** The strongest lock on each table, by its name in pg_locks; those for reading are left out. */
  locks?: Record<string, string>
  /** Tables whose rows it looks at: it takes longer the larger they are. */
  reads?: string[]
  /** Tables that it writes again, whole. */
  rewrites?: string[]
  /** Indexes that it builds while writes go on, and their tables. */
  builds?: Record<string, string>
  /** Columns (`table.column`) that lose their default: old processes insert rows without them. */
  defaultsDropped?: string[]
  /** Tables that lose or change their primary key: old processes name its columns in `on conflict`. */
  keysChanged?: string[]
  /** What schema_version.runs_from is afterwards, where it changes that. */
  runsFrom?: number
}

export const EFFECTS_FILE = `${MIGRATIONS}/effects.json`

/** Of this release's migrations, by name. */
export const readEffects = (): Record<string, Effects> => JSON.parse(readFileSync(EFFECTS_FILE, 'utf8'))
