import { Redis } from 'ioredis'
import { runSql } from '../setup/runSql.ts'
import type { Service } from './startService.ts'

/** Every row of every table, as text. */
export async function scanPostgres({ databaseUrl }: Service): Promise<string> {
  const [tables] = await runSql(databaseUrl, `select tablename from pg_tables where schemaname = 'public'`)
  const rows = await runSql(
    databaseUrl,
    ...(tables ?? []).map(({ tablename }) => `select t::text as row from "${tablename}" t`),
  )
  return rows
    .flat()
    .map(({ row }) => String(row))
    .join('\n')
}

/** Every key of Redis with all that it holds: jobs, streams, states, counters. */
export async function scanRedis({ redis: server }: Service): Promise<string> {
  const redis = new Redis(server.url)
  try {
    const found: string[] = []
    for await (const names of redis.scanStream({ count: 1_000 })) {
      for (const name of names as string[]) {
        const read = {
          string: () => redis.get(name),
          hash: () => redis.hgetall(name),
          list: () => redis.lrange(name, 0, -1),
          set: () => redis.smembers(name),
          zset: () => redis.zrange(name, '0', '-1'),
          stream: () => redis.xrange(name, '-', '+'),
        }[await redis.type(name)]
        found.push(name, JSON.stringify(await read?.()))
      }
    }
    return found.join('\n')
  } finally {
    redis.disconnect()
  }
}

/** What operators see. */
async function scanOperatorPages({ url }: Service): Promise<string> {
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  const pages = [
    '/metrics',
    '/admin/queues/api/queues?activeQueue=commands&status=latest&page=1',
    '/openapi.json',
    '/readyz',
  ]
  const texts = await Promise.all(
    pages.map(async (page) => (await fetch(`${url}${page}`, { headers })).text()),
  )
  return texts.join('\n')
}

/** What the processes of a service have left anywhere, by place. */
export const scans: Record<string, (service: Service) => Promise<string>> = {
  Postgres: scanPostgres,
  Redis: scanRedis,
  output: async ({ output }) => output.join(''),
  operators: scanOperatorPages,
}
