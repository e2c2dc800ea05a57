import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { expectCounted } from '../support/expectCounted.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { type Api, type Service, startService } from '../support/startService.ts'

/**
 * Postgres commits, and whoever asked for it never learns of that: the connection ends first. Chance repeats with
 * SEED.
 */
const seed = anySeed()
const random = createRandom(seed)

let service: Service
let proxy: FlakyProxy
let api: Api
let lost = 0
beforeAll(async () => {
  service = await startService()
  const url = new URL(service.databaseUrl)
  proxy = await startFlakyProxy(Number(url.port))
  url.port = String(proxy.port)
  service.env.DATABASE_URL = url.href
  api = await service.startApi()
})
afterEach(() => {
  proxy.loseAnswersTo(undefined)
  lost = 0
})
afterAll(async () => {
  await service.stop()
  await proxy.close()
})

/** Loses this share of the answers to requests with this text. */
const lose = (text: string, share: number) =>
  proxy.loseAnswersTo(text, () => {
    const isLost = random.chance(share)
    if (isLost) lost += 1
    return isLost
  })

const keysOf = async (accountId: string) => {
  const [rows = []] = await runSql(
    service.databaseUrl,
    `select name from api_key where account_id = '${accountId}' and access <> 'admin' order by name`,
  )
  return rows.map(({ name }) => name)
}

it(`promise 1: a create whose commit was not answered, repeated with its Idempotency-Key, is one key (seed ${seed})`, async () => {
  const account = await service.account('enterprise', api.url)
  const names = Array.from({ length: 40 }, (_, place) => `Key-${100 + place}`)
  lose('insert into command', 0.5)
  const keys = await Promise.all(
    names.map(async (name) => {
      const ask = () =>
        account.post('/api-keys', { name, type: 'live' }, { headers: { 'Idempotency-Key': name } })
      const first = await eventually(ask, ({ status }) => status === 201, 60_000)
      return { first, again: await eventually(ask, ({ status }) => status === 201, 60_000) }
    }),
  )
  expect(lost).toBeGreaterThan(0)
  expect(await keysOf(account.accountId)).toEqual(names)
  for (const { first, again } of keys) {
    expect(again.body).toEqual(first.body)
    expect((await service.server.post('/verify', { key: first.body.key })).body.code).toBe('VALID')
  }
}, 120_000)

it(`promises 1, 2 and 9: a worker whose commits are not answered makes each key once, and counts each event once (seed ${seed})`, async () => {
  const account = await service.account('enterprise')
  for (const worker of service.workers.splice(0)) await worker.end('SIGTERM')
  // It gets its connections by the proxy.
  service.workers.push(service.startWorker())
  lose('commit', 0.1)
  const names = Array.from({ length: 60 }, (_, place) => `Key-${100 + place}`)
  const post = (name: string) => account.post('/api-keys', { name, type: 'live' })
  const answers = await Promise.all(names.map(post))
  for (const { status } of answers) expect([201, 202]).toContain(status)
  const keyIds = await eventually(
    async () => {
      const [rows = []] = await runSql(
        service.databaseUrl,
        `select id from api_key where account_id = '${account.accountId}' and access <> 'admin'`,
      )
      return rows.map(({ id }) => String(id))
    },
    (ids) => ids.length >= names.length,
    60_000,
  )
  let accepted = 0
  for (let batch = 0; batch < 40; batch += 1) {
    const events = Array.from({ length: 50 }, (_, place) => ({
      ...{ id: `event-${batch}-${place}`, at: new Date(Date.now() - place * 1_000).toISOString() },
      ...{ keyId: keyIds[place], status: 200 },
    }))
    const answer = await service.server.post('/usage/events', { events })
    expect(answer.status).toBe(202)
    accepted += answer.body.accepted
  }
  expect(accepted).toBe(2_000)
  await eventually(
    () => runSql(service.databaseUrl, `select from command where status in ('pending', 'applied')`),
    ([rows]) => rows?.length === 0,
    60_000,
  )
  await expectCounted(service, keyIds, accepted)
  expect(lost).toBeGreaterThan(0)
  expect(await keysOf(account.accountId)).toEqual(names)
}, 240_000)
