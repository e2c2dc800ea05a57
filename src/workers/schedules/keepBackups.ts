import { backupIsDue, checkIsDue } from '../../domain/backups/backupRules.ts'
import { readBackups } from '../../domain/backups/backupStore.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { checkBackup } from '../../platform/backup/checkBackup.ts'
import { makeBackup } from '../../platform/backup/makeBackup.ts'
import type { BackupSettings } from '../../platform/backup/settings.ts'
import type { Log } from '../../platform/log.ts'
import type { Orm } from '../../platform/postgres.ts'

type Context = { orm: Orm; log: Log; now: () => Date }

/**
 * Makes the daily backup and restores it every week, on a timer of its own: the files belong to this machine, so this
 * is no job that any worker may take. Rows say what is due, and a lock in Postgres that one process at a time does it.
 */
export function keepBackups(context: Context, settings: BackupSettings): { stop: () => Promise<void> } {
  const stopped = new AbortController()
  let running = Promise.resolve()
  let isBusy = false
  const look = () => {
    if (isBusy) return
    isBusy = true
    running = backUpWhenDue(context, settings, stopped.signal)
      .catch((error) => context.log.error({ reason: (error as Error).message }, 'the backup failed'))
      .finally(() => {
        isBusy = false
      })
  }
  look()
  const timer = setInterval(look, MINUTE_MS)
  return {
    stop: () => {
      clearInterval(timer)
      stopped.abort()
      return running
    },
  }
}

/** Does the one that is due, the backup before the comparison. */
export async function backUpWhenDue(
  { orm, log, now }: Context,
  settings: BackupSettings,
  signal?: AbortSignal,
): Promise<void> {
  const options = { now, ...(signal ? { signal } : {}) }
  const backups = await readBackups(orm.em.fork())
  if (backupIsDue(backups, settings.at, now())) {
    const made = await makeBackup(settings, options)
    if (made) log.info({ ...made, event: 'backup-made' }, 'a backup was made')
    return
  }
  if (!checkIsDue(backups, settings.checkDays, now())) return
  const checked = await checkBackup(settings, options)
  if (checked?.failure) log.error({ ...checked, event: 'backup-check' }, 'a backup cannot be restored')
  else if (checked) log.info({ ...checked, event: 'backup-check' }, 'a backup was restored and compared')
}
