import { openPostgres } from '../postgres.ts'
import { VERSION } from '../release.ts'
import { SCHEMA } from '../schemaState.ts'
import { whyNot } from './checkBackup.ts'
import { type Description, listDumps, readDescription } from './files.ts'
import { BACKUP_MS, versionOf } from './makeBackup.ts'
import { restoreInto } from './restoreInto.ts'
import type { BackupSettings } from './settings.ts'

/**
 * Restores a backup, the newest unless `wanted` names one, into the database of `DATABASE_URL`, which must be empty.
 * Throws where it is not, where there is no such backup, where it needs a newer release or Postgres, and where the
 * restored database is not what was backed up.
 */
export async function restoreBackup(
  settings: BackupSettings,
  wanted?: string,
): Promise<{ id: string; tables: number }> {
  const ids = await listDumps(settings.dir)
  const id = wanted ?? ids.at(-1)
  if (id === undefined || !ids.includes(id))
    throw new Error(`There is no backup ${id ?? ''} in ${settings.dir}.`)
  const orm = await openPostgres(settings.databaseUrl, { poolMax: 1 })
  try {
    const em = orm.em.fork()
    const [{ name, tables } = { name: '', tables: 1 }] = await em.execute<{ name: string; tables: number }[]>(
      `select current_database() as name, count(*)::int as tables from pg_tables where schemaname = 'public'`,
    )
    if (tables > 0)
      throw new Error(`The database ${name} is not empty. Drop it, create an empty one, and try again.`)
    const description = await readDescription(settings.dir, id)
    requireVersions(description, (await versionOf(em)).major)
    const failure = whyNot(await restoreInto(name, em, settings, description, AbortSignal.timeout(BACKUP_MS)))
    if (failure) throw new Error(failure)
    return { id, tables: Object.keys(description.tables).length }
  } finally {
    await orm.close()
  }
}

/** Before hours go into what could not be used. */
function requireVersions({ id, postgres, release, runsFrom = 0 }: Description, major: number): void {
  if (runsFrom > SCHEMA)
    throw new Error(
      `${id} needs a release with schema ${runsFrom} or newer, and was made by ${release}. ` +
        `This is release ${VERSION}, with schema ${SCHEMA}.`,
    )
  const needed = Number.parseInt(postgres, 10)
  if (needed > major)
    throw new Error(
      `${id} was made on Postgres ${needed}, and this server is Postgres ${major}. Restore it on ${needed} or newer.`,
    )
}
