import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { createVerifier, type KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { refusal } from '../../src/verifier/http/refusal.ts'
import { freshDatabase } from '../setup/services.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
/** The proxy to Postgres, which can be cut. */
let proxy: FlakyProxy
let verifier: KeyVerifier
const errors: unknown[] = []
const opened: KeyVerifier[] = []

beforeAll(async () => {
  await awayFromMidnight(120_000)
  const database = await freshDatabase()
  const url = new URL(database.databaseUrl)
  proxy = await startFlakyProxy(Number(url.port))
  url.port = String(proxy.port)
  url.hostname = '127.0.0.1'
  service = await startService({ database, env: { DATABASE_URL: url.href } })
  verifier = open()
  await verifier.ready()
})
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close(1_000)))
  await service.stop()
  await proxy.close()
})
afterEach(() => {
  errors.length = 0
})

function open(more: object = {}): KeyVerifier {
  const { serviceToken } = service
  const onError = (error: unknown) => errors.push(error)
  const one = createVerifier({ redisUrl: service.redis.url, serviceToken, onError, ...more })
  opened.push(one)
  return one
}

const withheld = { requestId: undefined, instance: undefined }
const day = async (account: { get: Service['server']['get'] }, id: string) =>
  (await account.get(`/api-keys/${id}/usage`)).body.windows?.['24h'] ?? {}

describe('a verifier within another process', () => {
  it('answers what the service answers: admitted, and every refusal', async () => {
    const account = await service.account('pro')
    const { key } = await account.createKey({ type: 'test' })
    const reader = await account.createKey({ access: 'read_only' })
    const bound = await account.createKey({ allowedIps: ['192.0.2.0/24'] })
    const revoked = await account.createKey()
    await account.post(`/api-keys/${revoked.id}/revoke`)
    const rotated = await account.createKey()
    await account.post(`/api-keys/${rotated.id}/rotate`)
    const free = await service.account('free')
    const spent = await free.createKey({ type: 'live' })
    await verifier.verify({ value: spent.key, permission: 'renders:write', units: 100 })

    const asked: [string, object, string][] = [
      [key, { permission: 'renders:write', units: 3 }, 'VALID'],
      [key, { permission: 'renders:write', units: 98 }, 'QUOTA_EXCEEDED'],
      [reader.key, { permission: 'renders:write' }, 'FORBIDDEN'],
      [bound.key, { ip: '198.51.100.7' }, 'IP_NOT_ALLOWED'],
      [bound.key, { ip: '::ffff:192.0.2.7' }, 'VALID'],
      [revoked.key, {}, 'REVOKED'],
      [rotated.key, {}, 'EXPIRED'],
      [spent.key, { permission: 'renders:write' }, 'PLAN_LIMIT_EXCEEDED'],
      [`${key.slice(0, -1)}~`, {}, 'NOT_FOUND'],
      ['pk_live_short', {}, 'NOT_FOUND'],
    ]
    for (const [value, request, code] of asked) {
      const own = await verifier.verify({ value, ...request })
      const { body } = await service.server.post('/verify', { key: value, ...request })
      expect([own.code, own.hint, own.key?.keyId]).toEqual([code, body.hint, body.keyId])
      expect(body.code).toBe(code)
      if (own.valid || 'ip' in request || code === 'PLAN_LIMIT_EXCEEDED') continue
      const path = `/forward-auth?${new URLSearchParams(request as Record<string, string>)}`
      const { status, body: problem } = await account.as(value).get(path)
      const told = refusal(own, (request as { permission?: string }).permission)
      expect({ ...told.body(verifier.problemBaseUrl, '', ''), ...withheld, retryAfter: undefined }).toEqual({
        ...problem,
        ...withheld,
        retryAfter: undefined,
      })
      expect(told.status).toBe(status)
    }
  })

  it('a new key works as soon as its create has answered; one that never was is not found', async () => {
    const account = await service.account('pro')
    const { key } = await account.createKey()
    expect((await verifier.verify({ value: key })).code).toBe('VALID')
    const never = generateSecret('pk', 'live').value
    const answers = await Promise.all(Array.from({ length: 5 }, () => verifier.verify({ value: never })))
    expect(answers.map(({ code }) => code)).toEqual(Array(5).fill('NOT_FOUND'))
  })

  it('promise 3: refuses from the moment a revoke has answered', async () => {
    const account = await service.account('enterprise')
    for (let trial = 0; trial < 100; trial++) {
      const { id, key } = await account.createKey()
      expect((await verifier.verify({ value: key })).code).toBe('VALID')
      expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
      expect((await verifier.verify({ value: key })).code).toBe('REVOKED')
    }
  })

  it('promise 5: limits are exact over the library and the api', async () => {
    const account = await service.account('enterprise')
    const { key } = await account.createKey({ type: 'test' })
    const answers = await Promise.all(
      Array.from({ length: 140 }, async (_, index) => {
        if (index % 2) return (await verifier.verify({ value: key, permission: 'renders:write' })).code
        return (await service.server.post('/verify', { key, permission: 'renders:write' })).body.code
      }),
    )
    expect(answers.filter((code) => code === 'VALID')).toHaveLength(100)
    expect(answers.filter((code) => code === 'QUOTA_EXCEEDED')).toHaveLength(40)
  })

  it('what the region has lost is brought back by the workers, and states of a lost epoch are not believed', async () => {
    const account = await service.account('pro')
    const { key } = await account.createKey()
    await service.redis.kill()
    await service.redis.restart()
    await eventually(
      async () => (await verifier.verify({ value: key }).catch(() => undefined))?.code,
      (code) => code === 'VALID',
    )
    // The api finds the server again by itself, maybe a little later, on each of its connections.
    await eventually(
      () => service.server.post('/verify', { key }),
      ({ status }) => status === 200,
    )
    await eventually(
      () => account.post('/api-keys', { name: 'Now', type: 'test' }),
      ({ status }) => status === 201,
    )
  })
})

describe('reports', () => {
  it('complete the request with status and latency, once, and counts are exact', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    const own = open()
    const seen = await Promise.all(Array.from({ length: 60 }, () => own.verify({ value: key })))
    for (const [index, verification] of seen.entries()) {
      const outcome = { status: index < 6 ? 503 : 200, latencyMs: 40, endpoint: '/image?key=secret' }
      own.report(verification, outcome)
      own.report(verification, outcome)
    }
    const refused = await own.verify({ value: key, permission: 'keys:manage' })
    own.report(refused, { status: 403 })
    // Stored before it resolves: the reports of the last moment, too.
    await own.close()
    expect(own.droppedReports).toBe(0)
    const usage = await eventually(
      () => day(account, id),
      ({ requests, serverErrors, refused }) => requests === 60 && serverErrors === 6 && refused === 1,
    )
    expect(usage).toMatchObject({ requests: 60, errors: 6, serverErrors: 6, refusedByCode: { FORBIDDEN: 1 } })
    expect(usage.latencyMs.p50).toBeCloseTo(40, -1)
    await expect(own.verify({ value: key })).rejects.toThrow('closed')
  })

  it('wait for the region while it is away', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    const verification = await verifier.verify({ value: key })
    await service.redis.kill()
    verifier.report(verification, { status: 500, latencyMs: 7 })
    await expect(verifier.verify({ value: key })).rejects.toMatchObject({ name: 'RegionUnavailable' })
    await service.redis.restart()
    await eventually(
      () => day(account, id),
      ({ requests, serverErrors }) => requests === 1 && serverErrors === 1,
    )
    await eventually(
      async () => (await verifier.verify({ value: key }).catch(() => undefined))?.code,
      (code) => code === 'VALID',
    )
  })

  it('that tell nonsense are told to the operator and kept from the service', async () => {
    const account = await service.account('pro')
    const verification = await verifier.verify({ value: (await account.createKey()).key })
    for (const status of [0, 99, 600, Number.NaN]) verifier.report(verification, { status })
    verifier.report(verification, { status: 200, latencyMs: -1 })
    expect(errors.filter((error) => error instanceof TypeError)).toHaveLength(5)
  })
})

describe('the service token', () => {
  it('must be in force: another one is refused, at once where it cannot be a token', async () => {
    for (const serviceToken of ['nonsense', service.serviceToken.replace('service', 'live')]) {
      await expect(open({ serviceToken }).ready()).rejects.toThrow('The service token is not valid.')
    }
    const { serviceToken, serviceTokenId: id = '' } = await service.cli(
      'service-token',
      'create',
      '--name',
      'brief',
    )
    const own = open({ serviceToken })
    await own.ready()
    const account = await service.account('pro')
    const { key } = await account.createKey()
    expect((await own.verify({ value: key })).code).toBe('VALID')
    await service.cli('service-token', 'revoke', id)
    await eventually(
      () =>
        own.verify({ value: key }).then(
          () => 'verified',
          (error) => error.name,
        ),
      (seen) => seen === 'ServiceTokenRefused',
      10_000,
    )
    expect(errors.map(String)).toContain('ServiceTokenRefused: The service token is not valid.')
    await expect(own.ready()).rejects.toThrow('The service token is not valid.')
  })
})

describe('while others are away', () => {
  it('Postgres: known keys go on, unknown ones are not decided, and both work once it is back', async () => {
    const account = await service.account('pro')
    const { key } = await account.createKey()
    const { key: other } = await account.createKey()
    expect((await verifier.verify({ value: key })).code).toBe('VALID')
    await service.redis.restart()
    await eventually(
      async () => (await verifier.verify({ value: key }).catch(() => undefined))?.code,
      (code) => code === 'VALID',
    )
    proxy.cut()
    expect((await verifier.verify({ value: key })).code).toBe('VALID')
    const started = performance.now()
    await expect(verifier.verify({ value: other })).rejects.toMatchObject({ name: 'RegionUnavailable' })
    expect(performance.now() - started).toBeLessThan(4_000)
    proxy.mend()
    await eventually(
      async () => (await verifier.verify({ value: other }).catch(() => undefined))?.code,
      (code) => code === 'VALID',
    )
  })

  it('every worker: known keys go on; many unknown ones make few jobs, and none is worked off late', async () => {
    const account = await service.account('enterprise')
    const keys = await Promise.all(Array.from({ length: 20 }, () => account.createKey()))
    const values = keys.map(({ key }) => key)
    expect((await verifier.verify({ value: values[0] ?? '' })).code).toBe('VALID')
    await Promise.all(service.workers.splice(0).map((worker) => worker.end()))
    expect((await verifier.verify({ value: values[0] ?? '' })).code).toBe('VALID')
    await service.redis.restart()
    const redis = new Redis(service.redis.url)
    const asked = async () => (await redis.llen('bull:asks:wait')) as number
    await redis.del('bull:asks:wait')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => verifier.verify({ value: values[index % 20] ?? '' })),
    )
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    expect(await asked()).toBeLessThan(20)
    service.workers.push(service.startWorker())
    await eventually(
      async () => (await verifier.verify({ value: values[0] ?? '' }).catch(() => undefined))?.code,
      (code) => code === 'VALID',
    )
    await eventually(asked, (count) => count === 0)
    redis.disconnect()
  })
})
