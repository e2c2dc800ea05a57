import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../src/domain/time.ts'
import { type Client, createClient } from '../support/client.ts'
import { shiftedEnv } from '../support/shiftedEnv.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let later: Service['apis'][number]
beforeAll(async () => {
  service = await startService({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  later = await service.startApi(shiftedEnv(2 * HOUR_MS))
})
afterAll(() => service.stop())

const once = (key: string) => ({ headers: { 'Idempotency-Key': key } })

describe('a repeated Idempotency-Key gets the first answer, whatever has changed since', () => {
  it('of a rotation whose old key was deleted', async () => {
    const account = await service.account()
    const { id } = await account.createKey()
    const rotate = () => account.post(`/api-keys/${id}/rotate`, {}, once('rotate'))
    const first = await rotate()
    expect(first.status).toBe(201)
    expect((await account.delete(`/api-keys/${id}`)).status).toBe(204)
    const again = await rotate()
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
  })

  it('of a creation whose expiry has passed', async () => {
    const account = await service.account()
    const expiresAt = new Date(Date.now() + HOUR_MS).toISOString()
    const create = (client: Client, key: string) =>
      client.post('/api-keys', { name: 'Short', type: 'live', expiresAt }, once(key))
    const first = await create(account, 'create')
    expect(first.status).toBe(201)
    const elsewhere = createClient(later.url, account.adminKey)
    expect((await create(elsewhere, 'another')).status).toBe(400)
    expect((await create(elsewhere, 'create')).body).toEqual(first.body)
  })

  it('of a signing secret whose channel was deleted', async () => {
    const account = await service.account()
    const channel = { type: 'webhook', name: 'Hook', url: 'http://127.0.0.1:9/' }
    const { id } = (await account.post('/channels', channel)).body
    const rotate = () => account.post(`/channels/${id}/rotate-secret`, undefined, once('secret'))
    const first = await rotate()
    expect(first.status).toBe(201)
    expect((await account.delete(`/channels/${id}`)).status).toBe(204)
    const again = await rotate()
    expect(again).toMatchObject({ status: 201, body: { id, secret: first.body.secret } })
  })
})
