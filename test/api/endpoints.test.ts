import { randomUUID } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let account: Awaited<ReturnType<SharedService['account']>>
beforeAll(async () => {
  service = await sharedService()
  account = await service.account('enterprise')
})

const endpoints = async (): Promise<[string, number][]> => {
  const { body } = await account.get('/usage?interval=day&groupBy=endpoint')
  const rows = body.series as { endpoint: string; method: string | null; requests: number }[]
  return rows.map(({ endpoint, method, requests }) => [`${method ?? ''} ${endpoint}`.trim(), requests])
}

it('raw paths of a proxy, a route’s pattern and a report are one endpoint; a refused request names none', async () => {
  const { id, key } = await account.createKey()
  const ask = (path: string, secret: string) =>
    account
      .as(secret)
      .get('/forward-auth', { headers: { 'X-Forwarded-Uri': path, 'X-Forwarded-Method': 'GET' } })
  for (const image of ['7f3a90c2', '81bb02d4', randomUUID()])
    expect((await ask(`/images/${image}/render?size=2`, key)).status).toBe(200)
  await service.server.post('/verify', { key, endpoint: '/images/{id}/render', method: 'GET' })
  const at = new Date().toISOString()
  const event = { id: '1', at, keyId: id, status: 200, endpoint: '/images/42/render', method: 'GET' }
  await service.server.post('/usage/events', { events: [event] })

  const other = await account.createKey()
  await account.post(`/api-keys/${other.id}/revoke`)
  expect((await ask('/scanned/by-a-stranger', other.key)).status).toBe(401)
  const rows = await eventually(endpoints, (found) => found.reduce((sum, [, n]) => sum + n, 0) >= 5)
  expect(rows).toEqual([['GET /images/{id}/render', 5]])
})
