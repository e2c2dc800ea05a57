import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const once = (key: string) => ({ headers: { 'Idempotency-Key': key } })
const today = async (key: string) =>
  Number((await service.server.post('/verify', { key })).headers.get('x-usage-requests-today'))

it('a repeated verification gets the first one’s answer and is counted once', async () => {
  const account = await service.account()
  const { key } = await account.createKey()
  const ask = (endpoint: string) => service.server.post('/verify', { key, endpoint }, once('verify-1'))
  const first = await ask('/image')
  const again = await ask('/image')
  expect(again.body).toEqual(first.body)
  expect(again.headers.get('x-request-id')).toBe(first.headers.get('x-request-id'))
  expect((await ask('/other')).body).toMatchObject({
    status: 422,
    type: expect.stringMatching(/idempotency-conflict$/),
  })
  expect(await today(key)).toBe(2)
})

it('many at once are one verification: the others are told that it is in flight', async () => {
  const account = await service.account()
  const { key } = await account.createKey()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => service.server.post('/verify', { key }, once('verify-2'))),
  )
  const decided = answers.filter(({ status }) => status === 200)
  expect(decided.length).toBeGreaterThan(0)
  expect(new Set(decided.map(({ body }) => body.requestId)).size).toBe(1)
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
  expect(await today(key)).toBe(2)
})

it('a repeated report gets the first one’s answer', async () => {
  const account = await service.account()
  const { id } = await account.createKey()
  const events = [{ id: 'reported-once', at: new Date().toISOString(), keyId: id, status: 200 }]
  for (let time = 0; time < 2; time++) {
    const answer = await service.server.post('/usage/events', { events }, once('report-1'))
    expect(answer.body).toEqual({ accepted: 1, duplicates: 0 })
  }
  expect((await service.server.post('/usage/events', { events })).body).toEqual({
    accepted: 0,
    duplicates: 1,
  })
})

it('a refused command is repeated as refused, and two accounts may use one key', async () => {
  const [one, other] = [await service.account('free'), await service.account('free')]
  await one.createKey()
  const ask = (account: typeof one) =>
    account.post('/api-keys', { name: 'Third', type: 'live' }, once('create-1'))
  expect((await ask(one)).status).toBe(403)
  expect((await ask(one)).body).toMatchObject({ status: 403, used: 2 })
  expect((await ask(other)).status).toBe(201)
})

it('promise 3: a repeated verification of a revoked key is not answered with the old "valid"', async () => {
  const account = await service.account()
  const { id, key } = await account.createKey()
  const ask = () => service.server.post('/verify', { key }, once('verify-3'))
  expect((await ask()).body.valid).toBe(true)
  await account.post(`/api-keys/${id}/revoke`)
  const after = await ask()
  expect(after.body).toMatchObject({ valid: false, code: 'REVOKED' })
  expect(after.headers.get('idempotent-replayed')).toBe('true')
})
