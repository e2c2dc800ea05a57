import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient, type KeysClient } from '../../packages/client/createClient.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let keys: KeysClient
beforeAll(async () => {
  // Each change is answered 202.
  service = await startService({ env: { COMMAND_WAIT_MS: '0' } })
  keys = createClient({ url: service.url, token: await service.operatorToken() })
})
afterAll(() => service?.stop())

it('returns what each change returns when it is quick, although the service answers before it is done', async () => {
  const { account, adminKey } = await keys.createAccount({ name: 'Acme', plan: 'pro', adminKey: true })
  expect(adminKey?.key).toMatch(/^pk_live_/)
  const own = createClient({ url: service.url, token: adminKey?.key ?? '' })
  const created = await own.createApiKey({ name: 'Mine', type: 'live' })
  expect(created.key).toMatch(/^pk_live_/)
  const { server } = service
  expect((await server.post('/verify', { key: created.key })).body.code).toBe('VALID')
  expect(await own.updateApiKey({ id: created.id, name: 'Renamed' })).toMatchObject({ name: 'Renamed' })
  const successor = await own.rotateApiKey({ id: created.id, overlapSeconds: 0 })
  expect((await server.post('/verify', { key: successor.key })).body.code).toBe('VALID')
  const { fanOut } = await own.revokeApiKey({ id: successor.id, reason: 'Gone' })
  expect(fanOut.regions).toMatchObject([{ outcome: 'confirmed' }])
  expect(await own.deleteApiKey({ id: successor.id })).toBeUndefined()
  await expect(own.getApiKey({ id: successor.id })).rejects.toMatchObject({
    slug: 'api-key-not-found',
    status: 404,
  })
  expect((await keys.suspendAccount({ id: account.id })).account.status).toBe('suspended')
  await expect(own.createApiKey({ name: 'Late', type: 'live' })).rejects.toMatchObject({
    slug: 'account-suspended',
  })
  expect((await keys.resumeAccount({ id: account.id })).account.status).toBe('active')
})

it('rejects with the problem that a quick change is refused with', async () => {
  const { account } = await keys.createAccount({ name: 'Small', plan: 'free' })
  const small = keys.forAccount(account.id)
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map(() => small.createApiKey({ name: 'Any', type: 'live' })),
  )
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  expect(refused).toMatchObject([{ name: 'KeysProblem', slug: 'key-limit-reached', status: 403 }])
})
