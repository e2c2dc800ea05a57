import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { EFFECTS_FILE, type Effects } from '../../src/platform/migrationEffects.ts'
import { openSql, runSql } from '../setup/runSql.ts'
import { observe } from './observe.ts'
import { readScripts } from './scripts.ts'

const name = `test_${randomBytes(8).toString('hex')}`
let sql: Awaited<ReturnType<typeof openSql>>
beforeAll(async () => {
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  await runSql(inject('postgresUrl'), `create database ${name}`)
  sql = await openSql(url.href)
})
afterAll(async () => {
  await sql.end()
  await runSql(inject('postgresUrl'), `drop database if exists ${name} with (force)`)
})

it('migrations/effects.json is what Postgres shows of each migration: bin/test test/migrations -u', async () => {
  const effects: Record<string, Effects> = {}
  for (const script of await readScripts()) effects[script.name] = await observe(sql, script)
  await expect(`${JSON.stringify(effects, null, 2)}\n`).toMatchFileSnapshot(EFFECTS_FILE)
})
