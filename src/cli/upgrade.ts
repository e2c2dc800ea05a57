import { Command as Cli } from 'commander'
import { checkUpgrade, type UpgradeReport } from './checkUpgrade.ts'
import { openDatabase } from './openDatabase.ts'
import { print } from './print.ts'

/** `upgrade …`: what an upgrade to this release will do, before it does it. */
export function upgradeCommands(): Cli {
  const upgrade = new Cli('upgrade').description('What an upgrade to this release does to the database')

  upgrade
    .command('check')
    .description('say whether the upgrade can roll, and what each pending migration locks; changes nothing')
    .action(async (_options: unknown, command: Cli) => {
      const report = await openDatabase((orm) => checkUpgrade(orm))
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      if (json) print(command, report)
      else printReport(command, report)
    })
  return upgrade
}

function printReport(command: Cli, { migrations, notes, ...facts }: UpgradeReport): void {
  print(command, { ...facts, pending: migrations.length })
  if (migrations.length > 0) {
    process.stdout.write('\n')
    print(
      command,
      migrations.map(({ migration, stops, builds, seconds }) => ({
        migration,
        stops:
          stops.map(({ table, what, bytes }) => `${what} of ${table} (${megabytes(bytes)})`).join(', ') ||
          'nothing',
        for: seconds === null ? 'unknown' : seconds === 0 ? 'milliseconds' : `about ${seconds} s`,
        builds: builds.map(({ index, bytes }) => `${index} (${megabytes(bytes)})`).join(', '),
      })),
    )
  }
  process.stdout.write(`\n${notes.map((note) => `${note}\n`).join('')}`)
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1_000_000)} MB`
