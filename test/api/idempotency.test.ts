import { beforeAll, expect, it } from 'vitest'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
beforeAll(async () => {
  service = await sharedService()
})

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

it('many at once are one verification, with one answer', async () => {
  const account = await service.account()
  const { key } = await account.createKey()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => service.server.post('/verify', { key }, once('verify-2'))),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  expect(answers.filter(({ headers }) => headers.has('idempotent-replayed'))).toHaveLength(19)
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

it('a repeat by a key that does not exist is another request', async () => {
  const account = await service.account()
  const { key } = await account.createKey()
  expect((await service.server.post('/verify', { key }, once('verify-4'))).status).toBe(200)
  const { status } = await service.server.post('/verify', { key: 'no key' }, once('verify-4'))
  expect(status).toBe(422)
})

it('a repeat is neither limited nor counted: the last render of a test key stays the last', async () => {
  const account = await service.account()
  const { key } = await account.createKey({ type: 'test' })
  const render = { key, permission: 'renders:write', units: 100 }
  const first = await service.server.post('/verify', render, once('verify-5'))
  expect(first.body).toMatchObject({ valid: true, limits: { 'test-renders': { remaining: 0 } } })
  expect((await service.server.post('/verify', render, once('verify-5'))).body).toEqual(first.body)
  const refused = await service.server.post('/verify', render, once('verify-6'))
  expect(refused.body).toMatchObject({ valid: false, code: 'QUOTA_EXCEEDED' })
  const again = await service.server.post('/verify', render, once('verify-6'))
  expect({ ...again.body, retryAfter: 0 }).toEqual({ ...refused.body, retryAfter: 0 })
})

it('string limits of /verify count characters, as its schema does: an emoji is one', async () => {
  const account = await service.account()
  const { key } = await account.createKey()
  const ask = (method: string) => service.server.post('/verify', { key, method })
  expect((await ask('😀'.repeat(16))).status).toBe(200)
  const { status, body } = await ask('😀'.repeat(17))
  expect({ status, field: body.errors?.[0]?.field }).toEqual({ status: 400, field: 'method' })
})
