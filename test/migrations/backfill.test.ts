import { Migration } from '@mikro-orm/migrations'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { backfill } from '../../src/platform/backfill.ts'
import { type Orm, openPostgres } from '../../src/platform/postgres.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { openSql } from '../setup/runSql.ts'
import { freshDatabase } from '../setup/services.ts'

let database: FreshDatabase
let orm: Orm
let sql: Awaited<ReturnType<typeof openSql>>
beforeAll(async () => {
  database = await freshDatabase()
  orm = await openPostgres(database.databaseUrl, { poolMax: 2 })
  sql = await openSql(database.databaseUrl)
  await sql.run(`create table thing (id text primary key, size integer, big boolean, changed xid8)`)
  await sql.run(`insert into thing select lpad(n::text, 3, '0'), n from generate_series(1, 100) n`)
})
afterAll(async () => {
  await sql.end()
  await orm.close()
  await database.drop()
})

class Fill extends Migration {
  override isTransactional(): boolean {
    return false
  }
  override async up(): Promise<void> {
    const set = 'big = row.size > 50, changed = pg_current_xact_id()'
    await backfill(this, { table: 'thing', key: 'id', where: 'big is null', set, batch: 30 })
  }
}

it('a backfill changes every old row once, in batches that are transactions of their own', async () => {
  await new Fill(orm.em.getDriver() as never, orm.config).up()
  const rows = await sql.run('select big, count(*)::int as rows from thing group by big order by big')
  expect(rows).toEqual([
    { big: false, rows: 50 },
    { big: true, rows: 50 },
  ])
  const batches = await sql.run('select count(*)::int as rows from thing group by changed order by min(id)')
  expect(batches.map(({ rows }) => rows)).toEqual([30, 30, 30, 10])
})

it('one that was interrupted goes on with what is left', async () => {
  await sql.run(`update thing set big = null where id > '090'`)
  const before = await sql.run(`select id, changed from thing where id <= '090' order by id`)
  await new Fill(orm.em.getDriver() as never, orm.config).up()
  expect(await sql.run(`select id, changed from thing where id <= '090' order by id`)).toEqual(before)
  expect(await sql.run('select id from thing where big is null')).toEqual([])
})

it('one in a transaction is refused', async () => {
  class Held extends Fill {
    override isTransactional(): boolean {
      return true
    }
  }
  await expect(new Held(orm.em.getDriver() as never, orm.config).up()).rejects.toThrow(/isTransactional/)
})
