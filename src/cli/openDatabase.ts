import { type Orm, openPostgres } from '../platform/postgres.ts'

/** Runs a task that needs DATABASE_URL and nothing else, whatever schema the database has. */
export async function openDatabase<Value>(task: (orm: Orm) => Promise<Value>): Promise<Value> {
  const databaseUrl = process.env.DATABASE_URL
  if (!databaseUrl) throw new Error('DATABASE_URL is not set.')
  const orm = await openPostgres(databaseUrl, { poolMax: 2 })
  try {
    return await task(orm)
  } finally {
    await orm.close()
  }
}
