import { Command as Cli } from 'commander'
import { migrate, openPostgres } from '../platform/postgres.ts'
import { print } from './print.ts'

/** `migrate`: brings the schema up to date; takes DATABASE_URL alone. */
export function migrateCommand(): Cli {
  return new Cli('migrate')
    .description('migrate the database to the schema of this release')
    .action(async (_options: unknown, command: Cli) => {
      const databaseUrl = process.env.DATABASE_URL
      if (!databaseUrl) throw new Error('DATABASE_URL is not set.')
      const orm = await openPostgres(databaseUrl, { poolMax: 2 })
      try {
        print(command, { applied: await migrate(orm) })
      } finally {
        await orm.close()
      }
    })
}
