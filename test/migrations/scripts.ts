import { join } from 'node:path'
import type { Migration } from '@mikro-orm/migrations'
import { MIGRATIONS } from '../../src/platform/postgres.ts'
import { listMigrations } from '../../src/platform/schemaState.ts'

/** A migration as Postgres gets it. */
export type Script = { name: string; transactional: boolean; statements: string[] }

type Make = new (driver: unknown, config: unknown) => Migration

/**
 * The scripts of migrations, by default of all. `execute` gets the statements that a migration runs by itself, as a
 * backfill does.
 */
export async function readScripts(
  execute: (sql: string) => Promise<unknown[]> = async () => [],
  names = listMigrations(),
): Promise<Script[]> {
  return Promise.all(names.map((name) => readScript(name, execute)))
}

async function readScript(name: string, execute: (sql: string) => Promise<unknown[]>): Promise<Script> {
  const { [name]: Made } = (await import(join(MIGRATIONS, `${name}.ts`))) as Record<string, Make>
  if (!Made) throw new Error(`${name}.ts does not export ${name}.`)
  const ran: string[] = []
  const driver = {
    execute: (sql: string) => {
      ran.push(sql)
      return execute(sql)
    },
  }
  const migration = new Made(driver, {})
  await migration.up()
  const statements = [...ran, ...migration.getQueries().map(String)]
  return { name, transactional: migration.isTransactional(), statements }
}
