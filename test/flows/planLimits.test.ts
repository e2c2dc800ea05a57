import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ apis: 2, workers: 2 })
})
afterAll(() => service.stop())

const counted = (statuses: number[]) =>
  Object.fromEntries(
    Map.groupBy(statuses, (status) => status)
      .entries()
      .map(([status, all]) => [status, all.length]),
  )

it('promise 6: 50 creates at once over two apis and two workers never exceed the plan', async () => {
  const account = await service.account('free')
  const [first, second] = service.apis
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const url = (index % 2 ? second : first)?.url ?? ''
      return fetch(`${url}/api-keys`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: `Key ${index}`, type: index % 5 === 0 ? 'test' : 'live' }),
      }).then(async (response) => ({ status: response.status, body: await response.json() }))
    }),
  )
  // One live key of two is the admin key; five test keys are free, and ten are asked for.
  expect(counted(answers.map(({ status }) => status))).toEqual({ 201: 1 + 5, 403: 44 })
  const refused = answers.find(({ status }) => status === 403)?.body
  expect(refused).toMatchObject({ type: expect.stringMatching(/key-limit-reached$/), plan: 'free' })
  expect((await account.get('/account')).body.used).toMatchObject({ liveKeys: 2, testKeys: 5 })
})

it('promise 6: a revoked key frees its place, and a bigger plan gives more', async () => {
  const account = await service.account('free')
  const { id } = await account.createKey()
  expect((await account.post('/api-keys', { name: 'Third', type: 'live' })).status).toBe(403)
  await account.post(`/api-keys/${id}/revoke`)
  await account.createKey()
  expect((await account.post('/api-keys', { name: 'Third', type: 'live' })).status).toBe(403)
  await service.cli('account', 'plan', account.accountId, 'business')
  await account.createKey()
  expect((await account.get('/account')).body).toMatchObject({ plan: 'business', used: { liveKeys: 3 } })
})

it('promise 1: the same Idempotency-Key 20 times at once creates one key and gives one secret', async () => {
  const account = await service.account('pro')
  const ask = (name: string) =>
    account.post('/api-keys', { name, type: 'live' }, { headers: { 'Idempotency-Key': 'once-only' } })
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('Once')))
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true)
  const after = await ask('Once')
  const created = [...answers, after].filter(({ status }) => status === 201)
  expect(created.length).toBeGreaterThan(1)
  expect(new Set(created.map(({ body }) => `${body.id} ${body.key}`)).size).toBe(1)
  expect((await account.get('/api-keys?q=Once')).body.pagination.total).toBe(1)
  expect((await ask('Other')).body).toMatchObject({
    status: 422,
    type: expect.stringMatching(/idempotency-conflict$/),
  })
})
