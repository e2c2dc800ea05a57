import { randomBytes } from 'node:crypto'
import argon2 from 'argon2'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { migrate } from '../../src/platform/migrate.ts'
import { openPostgres } from '../../src/platform/postgres.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { type Service, startService } from '../support/startService.ts'

const LAST_BEFORE = 'Migration20261127080200_unconfirmedTargetIndexes'
const password = 'a password of before'

let service: Service
beforeAll(async () => {
  const serverUrl = inject('postgresUrl')
  const name = `test_${randomBytes(8).toString('hex')}`
  await runSql(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const orm = await openPostgres(url.href)
  await orm.migrator.up({ to: LAST_BEFORE })
  // As the release before writes them: one who has their own account, and two of another.
  const account = `insert into account (id, name, plan, created_at)`
  const member = 'insert into member (id, account_id, email, role, password_hash, created_at)'
  const [one, two] = [await argon2.hash(password), await argon2.hash(`${password}!`)]
  await runSql(
    url.href,
    `${account} values ('acct_1', 'One', 'pro', now()), ('acct_2', 'Two', 'pro', now())`,
    `${member} values ('mem_1', 'acct_1', 'Ada@example.com', 'admin', '${one}', now())`,
    `${member} values ('mem_2', 'acct_2', 'bob@example.com', 'viewer', '${two}', now())`,
  )
  await migrate(orm)
  // And as it goes on writing them during a rolling upgrade.
  await runSql(url.href, `${member} values ('mem_3', 'acct_2', 'cy@example.com', 'viewer', '${one}', now())`)
  await orm.close()
  const drop = async () => {
    await runSql(serverUrl, `drop database if exists ${name} with (force)`)
  }
  service = await startService({ database: { databaseUrl: url.href, drop } })
})
afterAll(() => service.stop())

const signIn = (email: string, secret: string) =>
  createClient(service.url).post('/session', { email, password: secret })

it('members of a database of the release before sign in, and have the account that they had', async () => {
  const answers = [
    await signIn('ada@example.com', password),
    await signIn('bob@example.com', `${password}!`),
    await signIn('cy@example.com', password),
    await signIn('bob@example.com', password),
  ]
  expect(answers.map(({ status, body }) => [status, body.accountId, body.member?.status])).toEqual([
    [201, 'acct_1', 'active'],
    [201, 'acct_2', 'active'],
    [201, 'acct_2', 'active'],
    [401, undefined, undefined],
  ])
})
