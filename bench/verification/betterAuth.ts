/**
 * The API-key plugin of Better Auth behind a bare `node:http`, with its keys in Redis alone (`secondary-storage`),
 * which is its fastest way: `betterAuth.ts KEYS_FILE COUNT`, on 127.0.0.1:PORT, with keys of its own, which it writes
 * to KEYS_FILE. Each verification checks a permission and counts against a limit per minute, as ours does.
 */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { Redis } from 'ioredis'
import { openPool } from './pg.ts'

const [file = '', count = ''] = process.argv.slice(2)
const storage = 'secondary-storage'
const PERMISSIONS = { renders: ['write'] }

type Options = Record<string, unknown>
type Auth = {
  $context: Promise<{ internalAdapter: { createUser: (user: Options) => Promise<{ id: string }> } }>
  api: Record<'createApiKey' | 'verifyApiKey', (asked: { body: Options }) => Promise<Options>>
}

// By name, so that the repository's types hold where the packages of bench/ are not installed.
const load = <Module>(name: string): Promise<Module> => import(name)
const { betterAuth } = await load<{ betterAuth: (options: Options) => Auth }>('better-auth')
const { apiKey } = await load<{ apiKey: (options: Options) => unknown }>('@better-auth/api-key')
const { getMigrations } = await load<{
  getMigrations: (options: Options) => Promise<{ runMigrations: () => Promise<void> }>
}>('better-auth/db/migration')

const redis = new Redis(process.env.REDIS_URL ?? '')
const named = (key: string) => `better-auth:${key}`
const options = {
  database: openPool(process.env.DATABASE_URL ?? '', 20),
  secret: randomBytes(32).toString('hex'),
  baseURL: `http://127.0.0.1:${process.env.PORT}`,
  telemetry: { enabled: false },
  logger: { disabled: true },
  secondaryStorage: {
    get: (key: string) => redis.get(named(key)),
    getAndDelete: (key: string) => redis.getdel(named(key)),
    set: (key: string, value: string, ttl?: number) =>
      ttl ? redis.set(named(key), value, 'EX', ttl) : redis.set(named(key), value),
    delete: async (key: string) => void (await redis.del(named(key))),
    increment: async (key: string, ttl: number) => {
      const value = await redis.incr(named(key))
      if (value === 1) await redis.expire(named(key), ttl)
      return value
    },
  },
  plugins: [apiKey({ storage, rateLimit: { enabled: true, timeWindow: 60_000, maxRequests: 100_000_000 } })],
}
const { runMigrations } = await getMigrations(options)
await runMigrations()

const auth = betterAuth(options)
const { internalAdapter } = await auth.$context
const user = await internalAdapter.createUser({ email: 'bench@bench.test', name: 'Bench' })
const lines: string[] = []
for (let index = 0; index < Number(count); index++) {
  const body = { userId: user.id, name: `Bench ${index}`, permissions: PERMISSIONS }
  const { id, key } = await auth.api.createApiKey({ body })
  lines.push(`${id} ${key}\n`)
}
await writeFile(file, lines.join(''), { mode: 0o600 })

createServer((request, response) => {
  const key = (request.headers.authorization ?? '').slice('Bearer '.length)
  auth.api.verifyApiKey({ body: { key, permissions: PERMISSIONS } }).then(
    ({ valid }) => response.writeHead(valid ? 200 : 401, { 'Content-Length': 0 }).end(),
    () => response.writeHead(500, { 'Content-Length': 0 }).end(),
  )
}).listen(Number(process.env.PORT), '127.0.0.1')
