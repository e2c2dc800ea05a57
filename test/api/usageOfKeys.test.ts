import { beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS as DAY, HOUR_MS as HOUR } from '../../src/domain/time.ts'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let account: Awaited<ReturnType<SharedService['account']>>
let busy: { id: string; key: string }
let quiet: { id: string }
let reported: { at: number; ip: string }[]
beforeAll(async () => {
  service = await sharedService()
  account = await service.account()
  busy = await account.createKey({ name: 'Busy', allowedIps: ['10.0.0.0/8', '2001:db8::/32'] })
  quiet = await account.createKey({ name: 'Quiet' })
  const now = Date.now()
  // Each hour of the last 26, twice as often in every third; then days, with an address of their own each.
  const hours = Array.from({ length: 26 }, (_, hour) => [hour, ...(hour % 3 === 0 ? [hour] : [])]).flat()
  reported = [
    ...hours.map((hour) => ({ at: now - hour * HOUR, ip: '10.0.0.1' })),
    ...[2, 3, 5, 8, 20, 34].map((days) => ({ at: now - days * DAY, ip: `10.1.0.${days}` })),
    { at: now - 3 * DAY, ip: '::ffff:10.1.0.2' },
  ]
  const events = reported.map(({ at, ip }, index) => ({
    id: `busy-${index}`,
    at: new Date(at).toISOString(),
    keyId: busy.id,
    status: index % 4 === 0 ? 500 : 200,
    latencyMs: 10 + index,
    units: 2,
    ip,
  }))
  expect((await service.server.post('/usage/events', { events })).status).toBe(202)
  const refused = await service.server.post('/verify', { key: busy.key, ip: '192.0.2.7' })
  expect(refused.body.code).toBe('IP_NOT_ALLOWED')
  await eventually(
    async () => (await account.get(`/api-keys/${busy.id}/usage`)).body.windows['30d'],
    ({ requests, refused }) => requests === reported.length - 1 && refused === 1,
  )
})

type Listed = { id: string; usage: Record<string, Record<string, unknown>>; requestsByHour: number[] }

describe('GET /api-keys?include=usage', () => {
  it('has for each key of the page what its own usage says', async () => {
    const { body } = await account.get('/api-keys?include=usage')
    expect(body.asOf).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(body.apiKeys).toHaveLength(3)
    for (const { id, usage } of body.apiKeys as Listed[]) {
      const own = await account.get(`/api-keys/${id}/usage`)
      expect(own.body.asOf).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
      for (const name of ['24h', '7d', '30d']) {
        const { requests, refused, errors, errorRate, units, latencyMs } = own.body.windows[name]
        const { mean } = latencyMs
        expect(usage[name]).toEqual({ requests, refused, errors, errorRate, units, latencyMs: { mean } })
      }
    }
  })

  it('has the requests of the last 24 hours of the clock, oldest first', async () => {
    const { body } = await account.get('/api-keys?include=usage&q=Busy')
    const first = (Math.floor(Date.parse(body.asOf) / HOUR) - 23) * HOUR
    const expected = Array.from(
      { length: 24 },
      (_, hour) => reported.filter(({ at }) => Math.floor((at - first) / HOUR) === hour).length,
    )
    expect(body.apiKeys.map((key: Listed) => key.requestsByHour)).toEqual([expected])
    expect(expected.filter((requests) => requests === 2)).toHaveLength(8)
    const { body: still } = await account.get('/api-keys?include=usage&q=Quiet')
    expect(still.apiKeys[0]).toMatchObject({ id: quiet.id, requestsByHour: Array(24).fill(0) })
  })

  it('is there when asked for alone', async () => {
    const { body } = await account.get('/api-keys')
    expect(Object.keys(body)).toEqual(['apiKeys', 'pagination'])
    for (const key of body.apiKeys)
      expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['usage', 'requestsByHour']))
    expect((await account.get('/api-keys?include=usage&q=nothing')).body.apiKeys).toEqual([])
    const { status, body: problem } = await account.get('/api-keys?include=members')
    expect([status, problem.errors[0].field]).toEqual([400, 'include'])
  })
})

describe('GET /api-keys/{id}/callers', () => {
  const day = (days: number) => new Date(Date.now() - days * DAY).toISOString().slice(0, 10)

  it('counts addresses by day, one address in one way, and lists the latest first', async () => {
    const { status, body } = await account.get(`/api-keys/${busy.id}/callers`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ keyId: busy.id, asOf: expect.stringMatching(/Z$/) })
    expect(body.days.map((one: { day: string }) => one.day)).toEqual([6, 5, 4, 3, 2, 1, 0].map(day))
    const distinct = new Map(
      body.days.map((one: { day: string; distinctIps: number }) => [one.day, one.distinctIps]),
    )
    expect([5, 4, 3].map((days) => distinct.get(day(days)))).toEqual([1, 0, 2])
    // 10.0.0.1, and 192.0.2.7, which was refused.
    expect(distinct.get(day(0))).toBe(2)
    const ips = body.ips.map((one: { ip: string }) => one.ip)
    expect(new Set(ips.slice(0, 2))).toEqual(new Set(['10.0.0.1', '192.0.2.7']))
    expect(ips.slice(2)).toEqual(['10.1.0.2', '10.1.0.3', '10.1.0.5'])
    const of = (ip: string) => body.ips.find((one: { ip: string }) => one.ip === ip)
    expect(of('192.0.2.7')).toMatchObject({ requests: 0, refused: 1 })
    const own = reported.filter(({ ip }) => ip === '10.0.0.1').map(({ at }) => at)
    expect(of('10.0.0.1')).toEqual({
      ip: '10.0.0.1',
      network: '10.0.0.0/24',
      requests: own.length,
      refused: 0,
      firstSeenAt: new Date(Math.min(...own)).toISOString(),
      lastSeenAt: new Date(Math.max(...own)).toISOString(),
    })
    expect(of('10.1.0.2')).toMatchObject({ requests: 2 })
  })

  it('of as many days as are asked for, up to 35', async () => {
    const today = await account.get(`/api-keys/${busy.id}/callers?days=1`)
    expect(today.body.days).toHaveLength(1)
    const all = await account.get(`/api-keys/${busy.id}/callers?days=35`)
    expect(all.body.days).toHaveLength(35)
    expect(all.body.ips).toHaveLength(8)
    for (const days of ['0', '36', 'all']) {
      const { status, body } = await account.get(`/api-keys/${busy.id}/callers?days=${days}`)
      expect([status, body.errors?.[0].field]).toEqual([400, 'days'])
    }
  })

  it('to who manages keys alone: addresses are personal data, and usage is not', async () => {
    for (const fields of [
      { access: 'full' },
      { access: 'admin', permissions: ['usage:read', 'account:read'] },
    ]) {
      const { key } = await account.createKey(fields)
      const reader = account.as(key)
      const answer = await reader.get(`/api-keys/${busy.id}/callers`)
      expect([answer.status, answer.body.requiredPermission]).toEqual([403, 'keys:manage'])
      expect((await reader.get(`/api-keys/${busy.id}/usage`)).status).toBe(200)
      expect((await reader.get('/usage')).status).toBe(200)
    }
  })

  it('of one’s own keys alone', async () => {
    const other = await service.account()
    const [foreign, unknown] = await Promise.all(
      [busy.id, 'key_0000000000000000'].map((id) => other.get(`/api-keys/${id}/callers`)),
    )
    expect(foreign?.status).toBe(404)
    expect(foreign?.body.type).toBe(unknown?.body.type)
    expect(foreign?.body.detail).toBe(unknown?.body.detail)
  })
})
