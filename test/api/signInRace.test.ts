import argon2 from 'argon2'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSql, runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

const password = 'correct horse battery'
const email = 'ada@example.com'
let service: Service
let account: Awaited<ReturnType<Service['account']>>
let memberId: string
let other: Awaited<ReturnType<typeof openSql>>
beforeAll(async () => {
  service = await startService()
  account = await service.account()
  memberId = (await account.post('/members', { email, role: 'viewer', password })).body.id
})
afterAll(() => service.stop())
beforeEach(async () => {
  other = await openSql(service.databaseUrl)
})
afterEach(() => other.end())

const signIn = () => createClient(service.url).post('/session', { email, password })
const countSessions = async () => (await runSql(service.databaseUrl, 'select 1 from session'))[0]?.length
/** Until a statement that has this text waits for a lock. */
const untilWaiting = (text: string) =>
  eventually(
    async () => {
      const sql = `select 1 from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database() and query like '${text}%'`
      return (await runSql(service.databaseUrl, sql))[0]?.length ?? 0
    },
    (found) => found > 0,
  )

describe('a sign-in while the password is changed', () => {
  it('by the old password starts no session once the change is committed', async () => {
    await other.run('begin')
    const hash = await argon2.hash('another password')
    await other.run(`update member set password_hash = '${hash}' where id = '${memberId}'`)
    const signedIn = signIn()
    await untilWaiting('insert into session')
    await other.run('commit')
    const { status, headers } = await signedIn
    expect([status, headers.getSetCookie(), await countSessions()]).toEqual([401, [], 0])
    expect((await account.patch(`/members/${memberId}`, { password })).status).toBe(200)
  })

  it('that was just before it is ended by the change', async () => {
    await other.run('begin')
    await other.run(`select 1 from member where id = '${memberId}' for no key update`)
    const changed = account.patch(`/members/${memberId}`, { password: 'another password' })
    await untilWaiting('update')
    // What a sign-in commits while the change waits.
    await runSql(
      service.databaseUrl,
      `insert into session values ('digest', '${memberId}', now(), now() + interval '1 hour')`,
    )
    await other.run('commit')
    expect((await changed).status).toBe(200)
    expect(await countSessions()).toBe(0)
  })

  it('of a person starts no session by the old password either', async () => {
    const hash = await argon2.hash(password)
    await runSql(
      service.databaseUrl,
      `insert into person (id, email, password_hash, created_at) values ('person_1', '${email}', '${hash}', now())`,
      `update member set person_id = 'person_1' where id = '${memberId}'`,
    )
    expect((await signIn()).status).toBe(201)
    await other.run('begin')
    await other.run(`select 1 from member where person_id = 'person_1' order by id for no key update`)
    await other.run(`update person set password_hash = '${await argon2.hash('another password')}'`)
    await other.run(`delete from session where member_id = '${memberId}'`)
    const signedIn = signIn()
    await untilWaiting('insert into session')
    await other.run('commit')
    expect([(await signedIn).status, await countSessions()]).toEqual([401, 0])
  })
})
