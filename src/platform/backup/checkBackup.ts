import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { instantOf } from '../../domain/backups/backupRules.ts'
import { recordCheck } from '../../domain/backups/backupStore.ts'
import { type Em, openPostgres } from '../postgres.ts'
import { type Description, listDumps, readDescription } from './files.ts'
import { BACKUP_MS, withBackupLock } from './makeBackup.ts'
import { restoreInto } from './restoreInto.ts'
import type { BackupSettings } from './settings.ts'

/** No other database has this prefix, so whatever has it may be dropped. */
const SCRATCH = 'keys_restore_check_'
const MOST_DIFFERENCES = 5

/** `failure`: null where the restored database is what was backed up. */
type Checked = { id: string; tables: number; failure: string | null }

/**
 * Restores a backup, the newest unless `wanted` names one, into a scratch database on the same server, compares it with
 * what the backup was made of, and drops it. Returns undefined where there is none, or another process makes or
 * restores one. Throws where it was stopped: that says nothing about the backup.
 */
export async function checkBackup(
  settings: BackupSettings,
  { now, signal: stopped, wanted }: { now: () => Date; signal?: AbortSignal; wanted?: string },
): Promise<Checked | undefined> {
  const { dir, databaseUrl } = settings
  const bound = AbortSignal.timeout(BACKUP_MS)
  const signal = stopped ? AbortSignal.any([stopped, bound]) : bound
  const ids = await listDumps(dir)
  const id = wanted ?? ids.at(-1)
  if (id === undefined) return undefined
  if (!ids.includes(id)) throw new Error(`There is no backup ${id} in ${dir}.`)
  const orm = await openPostgres(databaseUrl, { poolMax: 2 })
  const em = () => orm.em.fork()
  try {
    return await withBackupLock(em(), async () => {
      const description = await readDescription(dir, id)
      const failure = await restore(em(), settings, description, signal).then(whyNot, (error: Error) => {
        if (stopped?.aborted) throw error
        return error.message
      })
      await recordCheck(em(), { id, startedAt: instantOf(id) ?? now(), host: hostname() }, failure, now())
      return { id, tables: Object.keys(description.tables).length, failure }
    })
  } finally {
    await orm.close()
  }
}

/** What to say of a restored database that differs; null where it does not. */
export function whyNot(differences: string[]): string | null {
  if (differences.length === 0) return null
  const more = differences.length - MOST_DIFFERENCES
  const shown = differences.slice(0, MOST_DIFFERENCES).join('; ')
  return `The restored database differs: ${shown}${more > 0 ? `; and ${more} more tables` : ''}.`
}

/** Returns how the restored database differs. Throws why it could not be restored. */
async function restore(
  em: Em,
  settings: BackupSettings,
  description: Description,
  signal: AbortSignal,
): Promise<string[]> {
  await dropScratch(em)
  const scratch = `${SCRATCH}${randomBytes(6).toString('hex')}`
  await em.execute(`create database ${scratch} template template0`)
  try {
    return await restoreInto(scratch, em, settings, description, signal)
  } finally {
    await dropScratch(em)
  }
}

/** Drops scratch databases, those too that a process which died has left. */
async function dropScratch(em: Em): Promise<void> {
  const left = await em.execute<{ name: string }[]>(
    'select datname as name from pg_database where starts_with(datname, ?) and datname <> current_database()',
    [SCRATCH],
  )
  for (const { name } of left) await em.execute(`drop database if exists ${name} with (force)`)
}
