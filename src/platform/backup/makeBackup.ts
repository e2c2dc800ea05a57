import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { IsolationLevel } from '@mikro-orm/core'
import { backupId, isProven } from '../../domain/backups/backupRules.ts'
import { finishBackup, insertBackup, readBackups } from '../../domain/backups/backupStore.ts'
import { readManifest } from '../../domain/backups/manifest.ts'
import { HOUR_MS } from '../../domain/time.ts'
import { type Em, openPostgres } from '../postgres.ts'
import { VERSION } from '../release.ts'
import { readRunsFrom } from '../schemaState.ts'
import { complete, prune, removePartial, writeDump } from './files.ts'
import { libpqEnv, requireVersion, runTool } from './pgTool.ts'
import type { BackupSettings } from './settings.ts'

/** A backup, and restoring one, may take this long. */
export const BACKUP_MS = 6 * HOUR_MS

/** `removed`: backups that were old enough to go. */
type Made = { id: string; bytes: number; removed: string[] }

/**
 * Dumps the database into a file. What its tables have is read in the same snapshot, for the comparison after a
 * restore. One at a time over all processes: returns undefined where another one is at it. Safe to die in: a file has
 * its name only when it is complete. Throws what went wrong, which the row of the backup says, too.
 */
export async function makeBackup(
  settings: BackupSettings,
  { now, signal: stopped }: { now: () => Date; signal?: AbortSignal },
): Promise<Made | undefined> {
  const { dir, databaseUrl, pgBin } = settings
  const bound = AbortSignal.timeout(BACKUP_MS)
  const signal = stopped ? AbortSignal.any([stopped, bound]) : bound
  const orm = await openPostgres(databaseUrl, { poolMax: 2 })
  const startedAt = now()
  const em = () => orm.em.fork()
  const dump = async (snapshot: Em, id: string, server: Server) => {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await removePartial(dir)
    await requireVersion({ name: 'pg_dump', pgBin, signal }, server.major)
    const [exported] = await snapshot.execute<{ snapshot: string }[]>(
      'select pg_export_snapshot() as snapshot',
    )
    const tables = await readManifest(snapshot, signal)
    const args = ['--format=custom', '--no-password', `--snapshot=${exported?.snapshot}`]
    const tool = { name: 'pg_dump', pgBin, args, env: libpqEnv(databaseUrl), signal } as const
    const written = await runTool(tool, (output) => writeDump(dir, id, output))
    const versions = { postgres: server.text, release: VERSION, runsFrom: await readRunsFrom(snapshot) }
    await complete(dir, { id, startedAt: startedAt.toISOString(), ...versions, tables, ...written })
    return written.bytes
  }
  try {
    return await withBackupLock(
      em(),
      async (snapshot) => {
        const server = await versionOf(snapshot)
        const id = backupId(startedAt, VERSION, server.major)
        await insertBackup(em(), { id, startedAt, host: hostname() })
        try {
          const bytes = await dump(snapshot, id, server)
          await finishBackup(em(), id, { bytes }, now())
          const backups = await readBackups(em())
          const proven = new Set(backups.filter(isProven).map((one) => one.id))
          return { id, bytes, removed: await prune(dir, { proven, keepDays: settings.keepDays, now: now() }) }
        } catch (error) {
          await removePartial(dir).catch(() => {})
          await finishBackup(em(), id, { failure: (error as Error).message }, now()).catch(() => {})
          throw error
        }
      },
      { isolationLevel: IsolationLevel.REPEATABLE_READ },
    )
  } finally {
    await orm.close()
  }
}

/**
 * Does the work in a transaction that holds the lock of backups, if no other process has it. Not `transactional`: what
 * other connections do meanwhile, on another database even, would become part of it.
 */
export async function withBackupLock<Value>(
  em: Em,
  work: (em: Em) => Promise<Value>,
  options: { isolationLevel?: IsolationLevel } = {},
): Promise<Value | undefined> {
  await em.begin(options)
  try {
    return (await lockBackups(em)) ? await work(em) : undefined
  } finally {
    // It has written nothing.
    await em.rollback().catch(() => {})
  }
}

async function lockBackups(em: Em): Promise<boolean> {
  // Nothing is said on this connection while a program works.
  await em.execute('set local idle_in_transaction_session_timeout = 0')
  await em.execute('set local statement_timeout = 0')
  const [row] = await em.execute<{ locked: boolean }[]>(
    `select pg_try_advisory_xact_lock(hashtext('pictify-keys backup')) as locked`,
  )
  return row?.locked ?? false
}

type Server = { major: number; text: string }

export async function versionOf(em: Em): Promise<Server> {
  const [row] = await em.execute<{ number: number; text: string }[]>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as text`,
  )
  return { major: Math.floor((row?.number ?? 0) / 10_000), text: row?.text ?? '' }
}
