import { randomBytes } from 'node:crypto'
import { runSql } from './runSql.ts'

/** The database that globalSetup migrates. */
export const TEMPLATE = 'template_keys'

export type FreshDatabase = {
  databaseUrl: string
  /** Deletes it, whoever is still connected. */
  drop: () => Promise<void>
}

/** A new database on this server, migrated and empty. */
export async function cloneTemplate(serverUrl: string): Promise<FreshDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  await runSql(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`)
  return {
    databaseUrl: url.href,
    drop: async () => {
      await runSql(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}
