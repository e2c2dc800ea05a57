import type { Redis } from 'ioredis'
import { runSql } from '../setup/runSql.ts'

/** All that a table, or a key of Redis, has: for a search. */
type Stored = { place: string; text: string }

/** The rows of every table of a database. */
export async function readTables(databaseUrl: string): Promise<Stored[]> {
  const [tables = []] = await runSql(
    databaseUrl,
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  const names = tables.map(({ name }) => String(name))
  const rows = await runSql(
    databaseUrl,
    ...names.map((name) => `select string_agg(t::text, ' ') as rows from ${name} t`),
  )
  return names.map((place, at) => ({ place, text: String(rows[at]?.[0]?.rows) }))
}

/** What reads the whole value of a key, by its type. */
const READERS: Record<string, (redis: Redis, key: string) => Promise<unknown>> = {
  none: async () => 'It has expired meanwhile.',
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
}

/** The name and value of every key of a Redis. Throws where a key's type is unknown. */
export async function readStore(redis: Redis): Promise<Stored[]> {
  const keys = await redis.keys('*')
  return Promise.all(
    keys.map(async (key) => {
      const type = await redis.type(key)
      const read = READERS[type]
      if (!read) throw new Error(`${key} is of the type ${type}, which nothing here reads`)
      // JSON within JSON, and that of Lua, escapes slashes and quotes: `192.0.2.0\/24`.
      const text = JSON.stringify([key, await read(redis, key)]).replaceAll('\\', '')
      return { place: key, text }
    }),
  )
}

/** Where a text is, in whichever case. */
export const placesOf = (text: string, stored: Stored[]): string[] =>
  stored.filter((one) => one.text.toLowerCase().includes(text.toLowerCase())).map(({ place }) => place)
