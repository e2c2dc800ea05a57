import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Orm, openPostgres, type PoolCounts, type PostgresOptions } from '../../src/platform/postgres.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { freshDatabase } from '../setup/services.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'

let database: FreshDatabase
let proxy: FlakyProxy
let url: string
const opened: Orm[] = []

beforeAll(async () => {
  database = await freshDatabase()
  const direct = new URL(database.databaseUrl)
  proxy = await startFlakyProxy(Number(direct.port))
  direct.hostname = '127.0.0.1'
  direct.port = String(proxy.port)
  url = direct.href
})
afterEach(async () => {
  proxy.mend('strand')
  await Promise.all(opened.splice(0).map((orm) => orm.close()))
})
afterAll(async () => {
  await proxy.close()
  await database.drop()
})

/** A pool of one connection: what is not given back is missed at once. */
async function open(options: PostgresOptions = {}, query = ''): Promise<Orm> {
  const orm = await openPostgres(url + query, {
    poolMax: 1,
    connectMs: 5_000,
    statementMs: 1_000,
    ...options,
  })
  opened.push(orm)
  return orm
}

const one = async (orm: Orm) => (await orm.em.fork().execute<{ one: number }[]>('select 1 as one'))[0]?.one
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error) => String(error.message),
  )

describe('a connection to Postgres that is lost leaves the pool', () => {
  it('in a transaction that the server ends', async () => {
    const orm = await open()
    const lost = orm.em
      .fork()
      .transactional((em) => em.execute('select pg_terminate_backend(pg_backend_pid())'))
    expect(await failure(lost)).toMatch(/terminat/)
    expect(await one(orm)).toBe(1)
  })

  it('when a statement is not answered within its bound', async () => {
    const orm = await open()
    expect(await one(orm)).toBe(1)
    proxy.hold('answers')
    expect(await failure(one(orm))).toMatch(/timeout/)
    proxy.mend('strand')
    expect(await one(orm)).toBe(1)
  })

  it('with all others that were as idle when a statement was not answered', async () => {
    const orm = await open({ poolMax: 5 })
    const work = () => orm.em.fork().execute('select pg_sleep(0.2)')
    await Promise.all(Array.from({ length: 5 }, work))
    expect(proxy.countOpen()).toBe(5)
    proxy.hold('requests', 'answers')
    proxy.mend('strand')
    expect(await failure(one(orm))).toMatch(/timeout/)
    await Promise.all(Array.from({ length: 5 }, work))
    expect(proxy.countOpen()).toBe(5)
  })

  it('without those that have answered since that statement was sent', async () => {
    const orm = await open({ poolMax: 2 })
    const pid = async () =>
      (await orm.em.fork().execute<{ pid: number }[]>('select pg_backend_pid() as pid'))[0]?.pid
    await one(orm)
    proxy.hold('answers')
    const lost = failure(one(orm))
    await delay(100)
    proxy.mend('strand')
    const before = await pid()
    expect(await lost).toMatch(/timeout/)
    expect(await pid()).toBe(before)
  })

  it('when a statement of a transaction, its begin or its commit is not answered', async () => {
    const orm = await open()
    const beginning = (em: Orm['em']) => em.fork().transactional((own) => own.execute('select 1'))
    for (const holdAt of ['begin', 'statement', 'commit']) {
      const hold = (now: string) => {
        if (now === holdAt) proxy.hold('requests')
      }
      expect(await one(orm)).toBe(1)
      hold('begin')
      const lost = orm.em.fork().transactional(async (em) => {
        hold('statement')
        await em.execute('select 1')
        hold('commit')
      })
      expect(await failure(lost), holdAt).toMatch(/timeout/)
      proxy.mend('strand')
      await beginning(orm.em)
    }
  })
})

it('options behind the ? of DATABASE_URL reach the driver, sslmode among them', async () => {
  const named = await open({}, '?application_name=as-told')
  const [row] = await named.em
    .fork()
    .execute<{ name: string }[]>(`select current_setting('application_name') as name`)
  expect(row?.name).toBe('as-told')
  // This server has no TLS, and is not spoken to without.
  expect(await failure(one(await open({}, '?sslmode=verify-full')))).toMatch(/does not support SSL/)
})

it('a pool that is closed while a connection is being opened gives that one back, and ends', async () => {
  let pool: PoolCounts | undefined
  const onPool = (counts: PoolCounts) => {
    pool = counts
  }
  const orm = await open({ onPool })
  proxy.hold('answers')
  const late = failure(one(orm))
  await eventually(
    async () => pool?.totalCount,
    (count) => count === 1,
  )
  const closed = orm.close()
  proxy.mend('deliver')
  expect(await late).toMatch(/pool is closed/)
  await closed
})

describe('time-outs of a pool', () => {
  it('the server ends a statement that runs too long, and the connection goes on', async () => {
    const orm = await open()
    const pid = async () =>
      (await orm.em.fork().execute<{ pid: number }[]>('select pg_backend_pid() as pid'))[0]?.pid
    const before = await pid()
    expect(await failure(orm.em.fork().execute('select pg_sleep(600)'))).toMatch(/statement timeout/)
    expect(await pid()).toBe(before)
  })

  it('a full pool refuses within its bound, and serves again', async () => {
    const orm = await open({ connectMs: 200, statementMs: 60_000 })
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let isHeld = () => {}
    const holding = new Promise<void>((resolve) => {
      isHeld = resolve
    })
    const other = orm.em.fork().transactional(async (em) => {
      await em.execute('select 1')
      isHeld()
      await held
    })
    await holding
    expect(await failure(one(orm))).toMatch(/timeout exceeded when trying to connect/)
    release()
    await other
    expect(await one(orm)).toBe(1)
  })
})
