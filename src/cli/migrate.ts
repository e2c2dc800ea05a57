import { Command as Cli } from 'commander'
import { migrate } from '../platform/migrate.ts'
import { openDatabase } from './openDatabase.ts'
import { print } from './print.ts'

/** `migrate`: brings the schema up to date; takes DATABASE_URL alone. */
export function migrateCommand(): Cli {
  return new Cli('migrate')
    .description('migrate the database to the schema of this release')
    .action(async (_options: unknown, command: Cli) => {
      print(command, { applied: await openDatabase(migrate) })
    })
}
