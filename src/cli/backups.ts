import { Command as Cli } from 'commander'
import { readBackups } from '../domain/backups/backupStore.ts'
import { checkBackup } from '../platform/backup/checkBackup.ts'
import { makeBackup } from '../platform/backup/makeBackup.ts'
import { restoreBackup } from '../platform/backup/restoreBackup.ts'
import { type BackupSettings, readBackupSettings } from '../platform/backup/settings.ts'
import { readEnv } from '../platform/env.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

/** `backup …`: the backups that a worker makes by `BACKUP_DIR`. */
export function backupCommands(): Cli {
  const backup = new Cli('backup').description('Backups of the database, in BACKUP_DIR')
  const now = () => new Date()

  backup
    .command('now')
    .description('make a backup now, and delete those that are old enough')
    .action(async (_options: unknown, command: Cli) => {
      const made = await makeBackup(requireSettings(), { now })
      if (!made) throw new Error('Another process makes or restores a backup right now. Try again later.')
      print(command, made)
    })

  backup
    .command('list')
    .description('list backups and attempts at one, newest first, with what came of restoring them')
    .action(async (_options: unknown, command: Cli) =>
      print(command, await withService(({ em }) => readBackups(em))),
    )

  backup
    .command('check')
    .description('restore a backup into a scratch database on the same server, compare it, and drop it again')
    .argument('[id]', 'default: the newest one')
    .action(async (wanted: string | undefined, _options: unknown, command: Cli) => {
      const checked = await checkBackup(requireSettings(), {
        now,
        ...(wanted === undefined ? {} : { wanted }),
      })
      if (!checked)
        throw new Error('There is no backup yet, or another process makes or restores one right now.')
      if (checked.failure !== null) process.exitCode = 1
      print(command, checked)
    })

  backup
    .command('restore')
    .description(
      'restore a backup into the database of DATABASE_URL, which must be empty; then migrate and recover',
    )
    .argument('[id]', 'default: the newest one')
    .action(async (wanted: string | undefined, _options: unknown, command: Cli) => {
      print(command, await restoreBackup(requireSettings(), wanted))
    })
  return backup
}

function requireSettings(): BackupSettings {
  const settings = readBackupSettings(readEnv())
  if (!settings) throw new Error('BACKUP_DIR is not set: it names the folder for backups.')
  return settings
}
