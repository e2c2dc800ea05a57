import { Command as Cli } from 'commander'
import { MAX_SHARDS } from '../domain/shards.ts'
import { shards } from '../platform/envParsers.ts'
import { migrate } from '../platform/migrate.ts'
import { openDatabase } from './openDatabase.ts'
import { print } from './print.ts'

/** `migrate`: brings the schema up to date; takes DATABASE_URL, and SHARDS for a new database. */
export function migrateCommand(): Cli {
  return new Cli('migrate')
    .description('migrate the database to the schema of this release')
    .action(async (_options: unknown, command: Cli) => {
      const given = shards.safeParse(process.env.SHARDS || undefined)
      if (!given.success) throw new Error(`SHARDS must be a whole number from 1 to ${MAX_SHARDS}.`)
      print(command, { applied: await openDatabase((orm) => migrate(orm, given.data)) })
    })
}
