import { execFile } from 'node:child_process'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { checkSchema } from '../../src/platform/checkSchema.ts'
import type { Log } from '../../src/platform/log.ts'
import { type Orm, openPostgres } from '../../src/platform/postgres.ts'
import { VERSION } from '../../src/platform/release.ts'
import { listMigrations, readSchemaState, SCHEMA } from '../../src/platform/schemaState.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { runSql } from '../setup/runSql.ts'
import { serviceEnv } from '../setup/serviceEnv.ts'
import { freshDatabase, freshRedis } from '../setup/services.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { startService } from '../support/startService.ts'

const LATER = 99_991_231_000_000
const newest = listMigrations().at(-1) ?? ''

/** What another release may have made of the database, and what this one then says. */
const BROKEN = {
  'has migrations pending': {
    sql: [`delete from mikro_orm_migrations where name = '${newest}'`],
    says: `release ${VERSION} needs schema ${SCHEMA}: 1 migration is pending, the first is ${newest}. Run \`keys migrate\``,
  },
  'was never migrated': {
    sql: ['drop schema public cascade', 'create schema public'],
    says: `It has no schema, and release ${VERSION} needs schema ${SCHEMA}: ${listMigrations().length} migrations are pending`,
  },
  'was migrated past this release': {
    sql: [
      `insert into mikro_orm_migrations (name) values ('Migration${LATER}_later')`,
      `update schema_version set runs_from = ${LATER}`,
    ],
    says: `The database has schema ${LATER}, which needs a release with schema ${LATER} or newer. Release ${VERSION} has schema ${SCHEMA}.`,
  },
}

let redis: Awaited<ReturnType<typeof freshRedis>>
let database: FreshDatabase
beforeAll(async () => {
  redis = await freshRedis()
})
afterAll(() => redis.stop())

const sql = async (...statements: string[]) => (await runSql(database.databaseUrl, ...statements)).flat()

/** Everything that a start could change: tables and what they have, and names in Redis. */
async function contents() {
  const tables = await sql(`select relname, pg_relation_size(oid) as bytes from pg_class
    where relnamespace = 'public'::regnamespace order by relname`)
  const client = new Redis(redis.url)
  const names = await client.dbsize()
  client.disconnect()
  return { tables, names }
}

/** One process, from its start to its end. */
const run = (args: string[]) =>
  new Promise<{ code: unknown; said: string }>((resolve) => {
    const env = { ...serviceEnv(database.databaseUrl, redis.url), PORT: '0' }
    const options = { cwd: root, env, timeout: 60_000, killSignal: 'SIGKILL' } as const
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    )
  })

describe.each(Object.entries(BROKEN))('a database that %s', (what, { sql: statements, says }) => {
  beforeAll(async () => {
    database = await freshDatabase()
    await sql(...statements)
  })
  afterAll(() => database.drop())

  const programs = {
    'an api': ['src/api/main.ts'],
    'a worker': ['src/workers/main.ts'],
    'bin/keys': ['src/cli/main.ts', 'account', 'list'],
    ...(what === 'was migrated past this release' ? { migrate: ['src/cli/main.ts', 'migrate'] } : {}),
  }
  it.each(Object.entries(programs))('%s refuses it by a clear line and changes nothing', async (_, args) => {
    const before = await contents()
    const { code, said } = await run(args)
    expect(said).toContain(says.replaceAll('"', '\\"'))
    expect(code).toBe(1)
    expect(await contents()).toEqual(before)
  })
})

describe('a database with a newer schema that this release may run on', () => {
  it('serves a process that starts, until a migration raises the oldest release: /readyz then says so', async () => {
    database = await freshDatabase()
    await sql(`insert into mikro_orm_migrations (name) values ('Migration${LATER}_later')`)
    const service = await startService({ database })
    try {
      const ready = () => createClient(service.url).get('/readyz')
      expect((await ready()).status).toBe(200)
      await sql(`update schema_version set runs_from = ${LATER}`)
      const { status, body } = await ready()
      expect([status, body.checks]).toEqual([503, { postgres: 'needs a newer release', redis: 'ok' }])
    } finally {
      await service.stop()
    }
  })
})

describe('a process that starts while Postgres is away', () => {
  let orm: Orm
  beforeEach(async () => {
    database = await freshDatabase()
    orm = await openPostgres(database.databaseUrl, { poolMax: 1 })
    return async () => {
      await orm.close()
      await database.drop()
    }
  })

  it.each(['fits', 'does not fit'])('starts, and asks again until it is back, when it %s', async (what) => {
    if (what === 'does not fit') await sql(`update schema_version set runs_from = ${LATER}`)
    const log: string[] = []
    const note = (level: string) => (_facts: object, text: string) => void log.push(`${level}: ${text}`)
    let asked = 0
    let failed = 0
    const away = new Error('connect ECONNREFUSED')
    const em = {
      fork: () => {
        asked += 1
        if (asked < 3) throw away
        return orm.em.fork()
      },
    }
    const shutdown = {
      add: () => {},
      fail: async () => {
        failed += 1
        return undefined as never
      },
    }
    await checkSchema(
      { em } as unknown as Orm,
      { warn: note('warn'), fatal: note('fatal') } as unknown as Log,
      shutdown,
      1,
    )
    expect([asked, log.length]).toEqual([1, 1])
    await eventually(
      async () => asked,
      (times) => times === 3,
    )
    const expected = what === 'fits' ? [0, 1] : [1, 2]
    await eventually(
      async () => [failed, log.length],
      (seen) => `${seen}` === `${expected}`,
    )
    expect(asked).toBe(3)
  })
})

it('the state names what each side has', async () => {
  database = await freshDatabase()
  const orm = await openPostgres(database.databaseUrl, { poolMax: 1 })
  expect(await readSchemaState(orm.em.fork())).toEqual({
    version: VERSION,
    schema: SCHEMA,
    databaseSchema: SCHEMA,
    runsFrom: 20_261_123_040_000,
    pending: [],
    unknown: [],
  })
  await orm.close()
  await database.drop()
})
