import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier, type KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { runSql } from '../setup/runSql.ts'
import { freshRedis } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'

let eu: TestRedis
let service: Service
let verifier: KeyVerifier

/** An api in the primary region, and a library in a further one that knows nothing but that region's Redis. */
beforeAll(async () => {
  await awayFromMidnight(120_000)
  eu = await freshRedis()
  service = await startService({
    env: { REGIONS: `eu=${eu.url}`, REGION_LEASE_MS: '3000' },
  })
  verifier = createVerifier({
    redisUrl: eu.url,
    serviceToken: service.serviceToken,
    region: 'eu',
    onError: () => {},
  })
  await verifier.ready()
})
afterAll(async () => {
  await verifier.close()
  await service.stop()
  await eu.stop()
})

const inEu = async (value: string, units?: number) =>
  (await verifier.verify({ value, permission: 'renders:write', units })).code
const inPrimary = async (key: string, units?: number) =>
  (await service.server.post('/verify', { key, permission: 'renders:write', units })).body.code
const count = (codes: string[], code: string) => codes.filter((one) => one === code).length

describe('a library in a further region', () => {
  it('admits with a lease, and counts there', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    await eventually(
      () => verifier.verify({ value: key }).then(({ code }) => code, String),
      (code) => code === 'VALID',
    )
    const verification = await verifier.verify({ value: key })
    verifier.report(verification, { status: 418, latencyMs: 3 })
    await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'],
      ({ requests, clientErrors }) => requests === 2 && clientErrors === 1,
    )
  })

  it('promise 5: a test key gets 100 renders a day over the library and the primary region', async () => {
    const account = await service.account('enterprise')
    const { key } = await account.createKey({ type: 'test' })
    const codes = await Promise.all(
      Array.from({ length: 140 }, (_, index) => (index % 2 ? inEu(key) : inPrimary(key))),
    )
    expect([count(codes, 'VALID'), count(codes, 'QUOTA_EXCEEDED')]).toEqual([100, 40])
    expect((await verifier.verify({ value: key })).code).toBe('VALID')
  })

  it('a hard month is exact over both, and renders that this region refuses are given back', async () => {
    const account = await service.account('free')
    const { key } = await account.createKey({ type: 'live' })
    const left = 60_000 - (Date.now() % 60_000)
    if (left < 10_000) await delay(left)
    // 60 requests a minute and key: what is beyond them is refused here, after it was reserved there.
    const codes = await Promise.all(Array.from({ length: 70 }, () => inEu(key)))
    expect(count(codes, 'VALID')).toBe(60)
    const redis = new Redis(service.redis.url)
    await eventually(
      () => redis.hget(monthKey(), account.accountId),
      (used) => used === '60',
    )
    redis.disconnect()
    expect([await inPrimary(key, 40), await inPrimary(key)]).toEqual(['VALID', 'PLAN_LIMIT_EXCEEDED'])
  })

  it('while no worker answers, renders that need the primary are 503; nobody else waits, and nothing is used up', async () => {
    const account = await service.account('enterprise')
    const test = await account.createKey({ type: 'test' })
    const live = await account.createKey()
    expect([await inEu(test.key), await inEu(live.key)]).toEqual(['VALID', 'VALID'])
    await Promise.all(service.workers.splice(0).map((worker) => worker.end()))
    let isRefused = false
    const waiting = inEu(test.key, 50)
      .then(String, ({ name }) => name)
      .finally(() => {
        isRefused = true
      })
    expect([await inEu(live.key), isRefused]).toEqual(['VALID', false])
    expect(await waiting).toBe('RegionUnavailable')
    service.workers.push(service.startWorker())
    await eventually(
      () => inEu(test.key, 99).then(String, ({ name }) => name),
      (code) => code === 'VALID',
    )
    expect(await inEu(test.key)).toBe('QUOTA_EXCEEDED')
    const owed = 'select count(*)::int as n from command_region where confirmed_at is null'
    await eventually(
      () => runSql(service.databaseUrl, owed),
      ([rows]) => rows?.[0]?.n === 0,
    )
  })

  it('promise 3: a revoke that has answered is seen', async () => {
    const account = await service.account('enterprise')
    for (let trial = 0; trial < 20; trial++) {
      const { id, key } = await account.createKey()
      expect(await inEu(key)).toBe('VALID')
      expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
      expect(await inEu(key)).toBe('REVOKED')
    }
  })
})

const monthKey = () => `keys:renders:month:${new Date().toISOString().slice(0, 7)}`
