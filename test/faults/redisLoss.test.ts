import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  await awayFromMidnight()
  service = await startService({ apis: 2 })
})
afterAll(() => service.stop())

async function inRedis<Value>(task: (redis: Redis) => Promise<Value>): Promise<Value> {
  const redis = new Redis(service.redis.url)
  try {
    return await task(redis)
  } finally {
    redis.disconnect()
  }
}

/** The code that each api gives, once it can decide again. */
async function codes(key: string, permission?: string): Promise<string[]> {
  return Promise.all(
    service.apis.map(async ({ url }) => {
      const answer = await eventually(
        () => verify(url, key, permission),
        ({ status }) => status === 200,
      )
      return answer.code
    }),
  )
}

async function verify(url: string, key: string, permission?: string) {
  const response = await fetch(`${url}/verify`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${service.serviceToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ key, permission }),
  })
  return { status: response.status, code: ((await response.json()) as { code: string }).code }
}

it('promises 3 and 5: an emptied Redis forgets neither a revocation nor what a test key has used', async () => {
  const account = await service.account('enterprise')
  const [kept, revoked, test] = [
    await account.createKey(),
    await account.createKey(),
    await account.createKey({ type: 'test' }),
  ]
  await account.post(`/api-keys/${revoked.id}/revoke`)
  const render = () => verify(service.url, test.key, 'renders:write')
  await Promise.all(Array.from({ length: 60 }, render))
  await eventually(
    () => runSql(service.databaseUrl, `select renders from quota_day where key_id = '${test.id}'`),
    ([rows]) => Number(rows?.[0]?.renders) === 60,
  )
  await inRedis((redis) => redis.flushall())
  expect(await codes(revoked.key)).toEqual(['REVOKED', 'REVOKED'])
  expect(await codes(kept.key)).toEqual(['VALID', 'VALID'])
  const after = await Promise.all(Array.from({ length: 50 }, render))
  expect(after.filter(({ code }) => code === 'VALID').length).toBe(40)
})

it('fails closed while Redis is away, and recovers by itself when it is back', async () => {
  const account = await service.account('enterprise')
  const { key } = await account.createKey()
  const [first] = service.apis
  const ask = () => account.as(key).get('/forward-auth')
  expect((await ask()).status).toBe(200)
  await service.redis.kill()
  const away = await eventually(ask, ({ status }) => status !== 200)
  expect(away.body).toMatchObject({ status: 503, type: expect.stringMatching(/service-unavailable$/) })
  expect(away.headers.get('retry-after')).toBe('1')
  const ready = await fetch(`${first?.url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toEqual({ ready: false, checks: { postgres: 'ok', redis: 'unavailable' } })
  await service.redis.restart()
  expect((await eventually(ask, ({ status }) => status === 200)).status).toBe(200)
  // The queues are back as well: a command is done.
  const created = await eventually(
    () => account.post('/api-keys', { name: 'After', type: 'live' }),
    ({ status }) => status === 201,
  )
  expect(created.body.status).toBe('active')
})

it('promise 1: a command acknowledged while the queue was away is done when it is back', async () => {
  const account = await service.account('enterprise')
  const { id, key } = await account.createKey()
  const member = { email: 'operator@example.com', password: 'a long password', role: 'admin' }
  expect((await account.post('/members', member)).status).toBe(201)
  const signedIn = await account
    .as(undefined)
    .post('/session', { email: member.email, password: member.password })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  // A session needs no Redis: the command becomes a row, and its job follows when there is a queue again.
  await service.redis.kill()
  const accepted = await account
    .as(undefined)
    .post(`/api-keys/${id}/revoke`, undefined, { headers: { Cookie: cookie } })
  expect(accepted.status).toBe(202)
  await service.redis.restart()
  const operation = accepted.headers.get('location') ?? ''
  const done = await eventually(
    () => account.as(undefined).get(operation, { headers: { Cookie: cookie } }),
    ({ body }) => body.status === 'succeeded',
    60_000,
  )
  expect(done.body.result.apiKey.status).toBe('revoked')
  expect(await codes(key)).toEqual(['REVOKED', 'REVOKED'])
}, 90_000)
