import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { checkUpgrade } from '../../src/cli/checkUpgrade.ts'
import { readEffects } from '../../src/platform/migrationEffects.ts'
import { type Orm, openPostgres } from '../../src/platform/postgres.ts'
import { VERSION } from '../../src/platform/release.ts'
import { listMigrations, SCHEMA } from '../../src/platform/schemaState.ts'
import { openSql, runSql } from '../setup/runSql.ts'

/** The last migration of 0.1.0. */
const OLD = 'Migration20261123040000_deliveries'
const OLD_SCHEMA = 20_261_123_040_000

const name = `test_${randomBytes(8).toString('hex')}`
const url = new URL(inject('postgresUrl'))
url.pathname = `/${name}`
let orm: Orm
beforeAll(async () => {
  await runSql(inject('postgresUrl'), `create database ${name}`)
  orm = await openPostgres(url.href, { poolMax: 2 })
})
afterAll(async () => {
  await orm.close()
  await runSql(inject('postgresUrl'), `drop database if exists ${name} with (force)`)
})

it('of an empty database: everything is pending, and there is nothing to roll', async () => {
  const { databaseSchema, rolling, reason, migrations } = await checkUpgrade(orm)
  expect([databaseSchema, rolling, reason]).toEqual([
    0,
    false,
    'The database is empty: there is nothing to roll.',
  ])
  expect(migrations.map(({ migration }) => migration)).toEqual(listMigrations())
  const tables = await runSql(url.href, `select 1 from pg_class where relnamespace = 'public'::regnamespace`)
  expect(tables).toEqual([[]])
})

it('of a database of 0.1.0: it can roll, and what each migration locks, for how long, by the size of its tables', async () => {
  await orm.migrator.up({ to: OLD })
  await runSql(
    url.href,
    `insert into account (id, name, plan, created_at) select 'acct_' || n, repeat('x', 2000), 'pro', now() from generate_series(1, 2000) n`,
  )
  const report = await checkUpgrade(orm)
  expect(report).toMatchObject({
    version: VERSION,
    schema: SCHEMA,
    databaseSchema: OLD_SCHEMA,
    rolling: true,
    reason: null,
    longestTransactionSeconds: 0,
  })
  const [[{ bytes } = {}] = []] = await runSql(url.href, `select pg_total_relation_size('account') as bytes`)
  const of = (wanted: string) => report.migrations.find(({ migration }) => migration === wanted)
  expect(of('Migration20261127040000_imports')?.stops).toContainEqual({
    table: 'account',
    what: 'reads and writes',
    mode: 'AccessExclusiveLock',
    bytes: Number(bytes),
  })
  expect(of('Migration20261129030100_planIndexes')).toEqual({
    migration: 'Migration20261129030100_planIndexes',
    stops: [],
    builds: [{ index: 'account_by_plan', table: 'account', bytes: Number(bytes) }],
    seconds: 0,
  })
  expect(report.migrations.every(({ seconds }) => seconds !== null)).toBe(true)
})

it('names a transaction that would make a migration fail now', async () => {
  const busy = await openSql(url.href)
  await busy.run('begin')
  await busy.run('select count(*) from account')
  // Its age is what Postgres says; nobody waits for it here.
  const report = await checkUpgrade(orm, { patienceSeconds: -1 })
  await busy.run('rollback')
  await busy.end()
  expect(report.notes.join('\n')).toMatch(/A transaction that has been open for \d+ s uses account: /)
})

it('says that an upgrade cannot roll where a migration ends what the old release needs', async () => {
  const last = listMigrations().at(-1) ?? ''
  const effects = { ...readEffects(), [last]: { transactional: true, runsFrom: SCHEMA } }
  const { rolling, reason } = await checkUpgrade(orm, { effects })
  expect([rolling, reason]).toEqual([
    false,
    expect.stringContaining(`Releases before schema ${SCHEMA} cannot run on the new schema`),
  ])
})
