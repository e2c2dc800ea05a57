import { differencesOf, readManifest } from '../../domain/backups/manifest.ts'
import { type Em, openPostgres } from '../postgres.ts'
import { type Description, dumpOf, requireIntact } from './files.ts'
import { versionOf } from './makeBackup.ts'
import { libpqEnv, requireVersion, runTool } from './pgTool.ts'
import type { BackupSettings } from './settings.ts'

/**
 * Restores a backup into an empty database of the server, and compares it with what the backup was made of. `em` is of
 * any database there. Returns how they differ. Throws why the backup could not be restored.
 */
export async function restoreInto(
  database: string,
  em: Em,
  { dir, databaseUrl, pgBin }: BackupSettings,
  description: Description,
  signal: AbortSignal,
): Promise<string[]> {
  await requireVersion({ name: 'pg_restore', pgBin, signal }, (await versionOf(em)).major)
  await requireIntact(dir, description)
  const options = [
    '--no-owner',
    '--no-privileges',
    '--exit-on-error',
    '--no-password',
    `--dbname=${database}`,
  ]
  const args = [...options, dumpOf(dir, description.id)]
  const env = libpqEnv(databaseUrl, database)
  await runTool({ name: 'pg_restore', pgBin, args, env, signal }, async (output) => void output.resume())
  return differencesOf(description.tables, await manifestOf(databaseUrl, database, signal))
}

async function manifestOf(databaseUrl: string, database: string, signal: AbortSignal) {
  const url = new URL(databaseUrl)
  url.pathname = `/${database}`
  const orm = await openPostgres(url.href, { poolMax: 1 })
  try {
    return await orm.em.fork().transactional((em) => readManifest(em, signal))
  } finally {
    await orm.close()
  }
}
