import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { freshRedis } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type Api, type Service, startService, type TestRedis } from '../support/startService.ts'

const LEASE_MS = 3_000

let eu: TestRedis
let proxy: FlakyProxy
let service: Service
let inEu: Api

/**
 * The primary region, and one beside it whose Redis the workers reach by a proxy that can be cut; an api verifies in
 * each.
 */
beforeAll(async () => {
  eu = await freshRedis({ isOne: true })
  proxy = await startFlakyProxy(eu.port)
  service = await startService({
    env: { REGIONS: `eu=redis://127.0.0.1:${proxy.port}`, REGION_LEASE_MS: String(LEASE_MS) },
  })
  inEu = await service.startApi({ REGION: 'eu', REGIONS: `eu=redis://127.0.0.1:${eu.port}` })
})
afterAll(async () => {
  await service.stop()
  await proxy.close()
  await eu.stop()
})

const verifyIn = (api: { url: string }, key: string, more: object = {}) =>
  createClient(api.url, service.serviceToken).post('/verify', { key, ...more })
const first = () => service.apis[0] as Api

describe('two regions', () => {
  it('a new key works in both as soon as it is created, and each arrival is shown', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    for (const api of [first(), inEu]) expect((await verifyIn(api, key)).body).toMatchObject({ valid: true })
    const { body } = await account.get(`/api-keys/${id}`)
    expect(body.regions).toEqual([
      { region: 'eu', arrivedAt: expect.any(String) },
      { region: 'primary', arrivedAt: expect.any(String) },
    ])
  })

  it('promise 3: a revoke answers once both have confirmed, and the audit log says when', async () => {
    const account = await service.account('enterprise')
    for (let trial = 0; trial < 30; trial++) {
      const { id, key } = await account.createKey()
      await Promise.all([verifyIn(first(), key), verifyIn(inEu, key)])
      const { status, body } = await account.post(`/api-keys/${id}/revoke`)
      expect(status).toBe(200)
      expect(body.fanOut.regions).toEqual([
        { region: 'eu', outcome: 'confirmed', tookMs: expect.any(Number) },
        { region: 'primary', outcome: 'confirmed', tookMs: expect.any(Number) },
      ])
      const after = await Promise.all([verifyIn(first(), key), verifyIn(inEu, key)])
      expect(after.map((answer) => answer.body.code)).toEqual(['REVOKED', 'REVOKED'])
    }
    const { body } = await account.get('/audit-log?limit=1')
    expect(body.entries[0]).toMatchObject({
      action: 'api-key.revocation-complete',
      details: {
        regions: [expect.objectContaining({ region: 'eu', outcome: 'confirmed' }), expect.anything()],
      },
    })
  })

  it('promise 5: a test key gets 100 renders a day over both regions, not one more', async () => {
    await awayFromMidnight()
    const account = await service.account('enterprise')
    const { key } = await account.createKey({ type: 'test' })
    const answers = await Promise.all(
      Array.from({ length: 140 }, (_, index) =>
        verifyIn(index % 2 ? first() : inEu, key, { permission: 'renders:write' }),
      ),
    )
    const codes = answers.map(({ body }) => body.code)
    expect(codes.filter((code) => code === 'VALID').length).toBe(100)
    expect(codes.filter((code) => code === 'QUOTA_EXCEEDED').length).toBe(40)
    const used = answers.map(({ body }) => body.limits['test-renders'].remaining)
    expect(Math.min(...used)).toBe(0)
    // Requests that are no renders go on.
    expect((await verifyIn(inEu, key)).body.valid).toBe(true)
  })

  it('a hard month is exact over both regions', async () => {
    await awayFromMidnight()
    const account = await service.account('free')
    const { key } = await account.createKey({ type: 'live' })
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        verifyIn(index % 2 ? first() : inEu, key, { permission: 'renders:write', units: 3 }),
      ),
    )
    const codes = answers.map(({ body }) => body.code)
    // 100 a month: 33 times 3.
    expect(codes.filter((code) => code === 'VALID').length).toBe(33)
    expect(codes.filter((code) => code === 'PLAN_LIMIT_EXCEEDED').length).toBe(17)
  })

  it('usage of both regions is one usage', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    await Promise.all(Array.from({ length: 40 }, (_, index) => verifyIn(index % 4 ? inEu : first(), key)))
    await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'],
      (seen) => seen.requests === 40,
    )
    await expect(service.cli('usage', 'reconcile')).resolves.toMatchObject({ differing: 0 })
  })

  it('nothing is admitted in a region without a lease; a revoke is done once the last one has run out', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    expect((await verifyIn(inEu, key)).body.valid).toBe(true)
    proxy.cut()
    const started = Date.now()
    const { status, body } = await account.post(`/api-keys/${id}/revoke`)
    expect(status).toBe(200)
    expect(body.fanOut.regions).toEqual([
      { region: 'eu', outcome: 'lapsed', tookMs: expect.any(Number) },
      { region: 'primary', outcome: 'confirmed', tookMs: expect.any(Number) },
    ])
    // The region itself knows nothing of it; it may not admit any more.
    const cutOff = await verifyIn(inEu, key)
    expect(cutOff.status).toBe(503)
    expect(Date.now() - started).toBeGreaterThan(0)
    // A further revoke need not wait again: the region has no lease left.
    const other = await account.createKey()
    const again = await account.post(`/api-keys/${other.id}/revoke`)
    expect(again.body.fanOut.regions[0].outcome).toBe('lapsed')

    proxy.mend()
    await eventually(
      () => verifyIn(inEu, key),
      (answer) => answer.status === 200,
    )
    expect((await verifyIn(inEu, key)).body.code).toBe('REVOKED')
    expect((await verifyIn(inEu, other.key)).body.code).toBe('REVOKED')
    const owed = `select count(*)::int as n from command_region where confirmed_at is null`
    expect(await runSql(service.databaseUrl, owed)).toEqual([[{ n: 0 }]])
  })

  it('promise 3: of a region from which nothing is heard, a revoke waits for the lease alone; what was on its way may arrive', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    expect((await verifyIn(inEu, key)).body.valid).toBe(true)
    proxy.hold('requests', 'answers')
    const { status, body } = await account.post(`/api-keys/${id}/revoke`)
    expect(status).toBe(200)
    expect(body.fanOut.regions[0]).toMatchObject({ region: 'eu', outcome: 'lapsed' })
    expect((await verifyIn(inEu, key)).status).toBe(503)
    proxy.mend()
    await eventually(
      () => verifyIn(inEu, key),
      (answer) => answer.status === 200,
    )
    expect((await verifyIn(inEu, key)).body.code).toBe('REVOKED')
  })

  it('a region is reached again though its connections never say that they were lost, and its usage counted', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    const { id: other, key: lost } = await account.createKey()
    proxy.hold('requests', 'answers')
    await account.post(`/api-keys/${other}/revoke`)
    proxy.mend('strand')
    await eventually(
      () => verifyIn(inEu, key),
      (answer) => answer.status === 200,
    )
    expect((await verifyIn(inEu, lost)).body.code).toBe('REVOKED')
    const seen = await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'],
      ({ requests }) => requests > 0,
      50_000,
    )
    expect(seen.requests).toBe(1)
  }, 120_000)

  it('a region whose Redis was flushed or restarted serves only after a new lease, and nothing old', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    const { key: live } = await account.createKey()
    await verifyIn(inEu, key)
    await account.post(`/api-keys/${id}/revoke`)
    await eu.restart()
    const codes = new Set<string>()
    await eventually(
      async () => {
        const { status, body } = await verifyIn(inEu, key)
        if (status === 200) codes.add(body.code)
        return (await verifyIn(inEu, live)).body.code
      },
      (code) => code === 'VALID',
    )
    expect([...codes].filter((code) => code !== 'REVOKED')).toEqual([])
  })

  it('promise 2: a region is removed only when its usage is counted, and then no revoke waits for it', async () => {
    const remove = (): Promise<Record<string, unknown>> =>
      service.cli('region', 'remove', 'eu').catch(({ message }) => ({ message }))
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    await expect(service.cli('region', 'remove', 'us')).rejects.toThrow('no further region us')
    // The worker is cut off while the lease still runs, so that nobody counts this. Then a worker that knows nothing
    // of the region takes its place.
    proxy.cut()
    expect((await verifyIn(inEu, key)).body.valid).toBe(true)
    await Promise.all([service.workers[0]?.end('SIGKILL'), inEu.end()])
    proxy.mend()
    service.startWorker({ REGIONS: '' })
    const refused = await eventually(remove, ({ message }) => !/may still hold a lease/.test(String(message)))
    expect(refused.message).toMatch(/holds [1-9]\d* metering jobs that are not counted yet/)

    const counting = service.startWorker()
    await eventually(
      () => account.get(`/api-keys/${id}/usage`),
      ({ body }) => body.windows['24h'].requests === 1,
    )
    await counting.end()
    const revoking = account.post(`/api-keys/${id}/revoke`)
    await eventually(remove, ({ removed }) => removed === true)
    expect(await service.cli('region', 'list')).toEqual([])
    const { status, body } = await revoking
    expect(status).toBe(200)
    expect(body.fanOut.regions).toEqual([
      { region: 'primary', outcome: 'confirmed', tookMs: expect.any(Number) },
    ])
    expect((await verifyIn(first(), (await account.createKey()).key)).body.valid).toBe(true)
  })
})
