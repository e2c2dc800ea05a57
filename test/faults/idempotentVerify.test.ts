import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let proxy: FlakyProxy
let redis: Redis
beforeAll(async () => {
  await awayFromMidnight(120_000)
  service = await startService()
  proxy = await startFlakyProxy(service.redis.port)
  redis = new Redis(service.redis.url)
})
afterAll(async () => {
  redis.disconnect()
  await service.stop()
  await proxy.close()
})

/** How many requests of the key the region has decided and counted today. */
async function counted(keyId: string): Promise<number> {
  const today = new Date().toISOString().slice(0, 10)
  return Number(await redis.hget(`keys:requests:day:${today}`, keyId))
}

/**
 * An api dies after the region has decided its request, and before it learns of that. False where it was quicker, and
 * took the decision back.
 */
async function dieUnanswered(key: { id: string; key: string }, body: object, headers: object) {
  const { url, end } = await service.startApi({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` })
  const client = createClient(url, service.serviceToken)
  expect((await client.post('/verify', { key: key.key })).body.valid).toBe(true)
  const before = await counted(key.id)
  proxy.hold('answers')
  const lost = client.post('/verify', body, { headers: { ...headers } }).catch(() => undefined)
  await eventually(
    () => counted(key.id),
    (count) => count > before,
  )
  proxy.hold('requests')
  await end('SIGKILL')
  await lost
  proxy.mend('lose')
  return (await counted(key.id)) > before
}

it('promise 2: a verification with an Idempotency-Key counts once, whichever api dies between', async () => {
  const account = await service.account('pro')
  const key = await account.createKey()
  const body = { key: key.key, permission: 'renders:write', units: 3 }
  let headers = { 'Idempotency-Key': '' }
  for (let round = 1; ; round++) {
    headers = { 'Idempotency-Key': `round-${round}` }
    if (await dieUnanswered(key, body, headers)) break
  }
  const before = await counted(key.id)

  for (const _ of [1, 2]) {
    const repeat = await service.server.post('/verify', body, { headers })
    expect([repeat.status, repeat.body.valid, repeat.body.requestsToday]).toEqual([200, true, before])
    expect(repeat.headers.get('idempotent-replayed')).toBe('true')
  }
  expect(await counted(key.id)).toBe(before)
  const usage = async () => (await account.get(`/api-keys/${key.id}/usage`)).body.windows['24h']
  // The next one is counted after it: what was to be counted before is there, too.
  expect((await service.server.post('/verify', { key: key.key })).body.requestsToday).toBe(before + 1)
  const { requests, units } = await eventually(usage, (seen) => seen.requests > before)
  expect([requests, units]).toEqual([before + 1, 3])
}, 180_000)
