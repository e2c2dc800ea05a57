import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { migrate } from '../../src/platform/migrate.ts'
import { type Orm, openPostgres } from '../../src/platform/postgres.ts'
import { runSql } from '../setup/runSql.ts'

const name = `test_${randomBytes(8).toString('hex')}`
let orms: Orm[]
beforeAll(async () => {
  const url = new URL(inject('postgresUrl'))
  await runSql(url.href, `create database ${name}`)
  url.pathname = `/${name}`
  orms = await Promise.all([1, 2, 3].map(() => openPostgres(url.href)))
})
afterAll(async () => {
  await Promise.all(orms.map((orm) => orm.close()))
  await runSql(inject('postgresUrl'), `drop database if exists ${name} with (force)`)
})

it('processes that migrate at once apply each migration once, and leave no index half built', async () => {
  const applied = (await Promise.all(orms.map((orm) => migrate(orm)))).flat()
  expect(applied.length).toBeGreaterThan(8)
  expect(new Set(applied).size).toBe(applied.length)
  const invalid = 'select indexrelid::regclass::text as name from pg_index where not indisvalid'
  expect(await orms[0]?.em.fork().execute(invalid)).toEqual([])
})
