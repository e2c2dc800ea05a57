import { Command as Cli } from 'commander'
import { z } from 'zod'
import { shards } from '../platform/envParsers.ts'
import { migrate } from '../platform/migrate.ts'
import { openDatabase } from './openDatabase.ts'
import { print } from './print.ts'

/** `migrate`: brings the schema up to date; takes DATABASE_URL, and SHARDS for a new database. */
export function migrateCommand(): Cli {
  return new Cli('migrate')
    .description('migrate the database to the schema of this release')
    .action(async (_options: unknown, command: Cli) => {
      const { SHARDS } = z.object({ SHARDS: shards }).parse(process.env)
      print(command, { applied: await openDatabase((orm) => migrate(orm, SHARDS)) })
    })
}
