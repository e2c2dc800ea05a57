import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectProblem, expectUnharmed, type Sent, short } from '../support/refusals.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let keyId: string
beforeAll(async () => {
  service = await startService()
  account = await service.account('enterprise')
  keyId = (await account.createKey()).id
})
afterAll(() => service.stop())

const JSON_TYPE = { 'Content-Type': 'application/json' }

/** As the account's admin unless told. */
const refused = (status: number, path: string, sent: Sent = {}) =>
  expectProblem(service.url, status, path, { secret: account.adminKey, ...sent })

const post = (path: string, body: unknown, more: Sent = {}): Sent & { path: string } => ({
  path,
  method: 'POST',
  headers: JSON_TYPE,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...more,
})
const send = (status: number, { path, ...sent }: Sent & { path: string }) => refused(status, path, sent)

const key = { name: 'a', type: 'live' }

it('a key may live until the last instant of the year 9999, and so may the one that takes its place', async () => {
  const { id } = await account.createKey({ expiresAt: '9999-12-31T23:59:59.999Z' })
  const rotated = await account.post(`/api-keys/${id}/rotate`)
  expect(rotated.body.expiresAt).toBe('9999-12-31T23:59:59.999Z')
  expect((await service.server.post('/verify', { key: rotated.body.key })).body.valid).toBe(true)
})

describe('a body that is wrong names the field', () => {
  const creates: [unknown, string][] = [
    [null, 'body invalid_type'],
    [[], 'body invalid_type'],
    ['"text"', 'body invalid_type'],
    [{}, 'name required'],
    [{ name: 'a' }, 'type required'],
    [{ ...key, name: 1 }, 'name invalid_type'],
    [{ ...key, name: '' }, 'name out_of_range'],
    [{ ...key, name: '   ' }, 'name invalid_format'],
    [{ ...key, name: 'x'.repeat(101) }, 'name too_long'],
    [{ ...key, name: 'a\nb' }, 'name invalid_format'],
    [{ ...key, name: 'a\0b' }, 'name invalid_format'],
    ['{"name":"\\ud800","type":"live"}', 'name invalid_format'],
    [{ ...key, type: 'prod' }, 'type invalid_format'],
    [{ ...key, access: 'root' }, 'access invalid_format'],
    [{ ...key, permissions: 'x' }, 'permissions invalid_type'],
    [{ ...key, permissions: ['x'] }, 'permissions[0] invalid_format'],
    [{ ...key, permissions: ['keys:manage'] }, 'permissions[0] out_of_range'],
    [{ ...key, permissions: null }, 'permissions invalid_type'],
    [{ ...key, permissions: Array(51).fill('a:b') }, 'permissions too_long'],
    [{ ...key, access: 'read_only', permissions: ['a:write'] }, 'permissions[0] out_of_range'],
    [{ ...key, allowedIps: ['999.1.1.1'] }, 'allowedIps[0] invalid_format'],
    [{ ...key, allowedIps: ['10.0.0.1', '10/8'] }, 'allowedIps[1] invalid_format'],
    [{ ...key, allowedIps: ['010.0.0.1/8'] }, 'allowedIps[0] invalid_format'],
    [{ ...key, allowedIps: ['1:'.repeat(100_000)] }, 'allowedIps[0] too_long'],
    [{ ...key, allowedIps: Array(101).fill('10.0.0.1') }, 'allowedIps too_long'],
    [{ ...key, allowedIps: { 0: '10.0.0.1', length: 1 } }, 'allowedIps invalid_type'],
    [{ ...key, expiresAt: 'tomorrow' }, 'expiresAt invalid_format'],
    [{ ...key, expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt out_of_range'],
    [{ ...key, expiresAt: 4102444800000 }, 'expiresAt invalid_type'],
    [{ ...key, expiresAt: '2099-02-30T00:00:00Z' }, 'expiresAt invalid_format'],
    [{ ...key, expiresAt: '2099-01-01' }, 'expiresAt invalid_format'],
    // In UTC this is the year 10000, which the stored form cannot say.
    [{ ...key, expiresAt: '9999-12-31T23:59:59-01:00' }, 'expiresAt invalid_format'],
    [{ ...key, metadata: [] }, 'metadata invalid_type'],
    [{ ...key, metadata: null }, 'metadata invalid_type'],
    [{ ...key, metadata: { '': 1 } }, 'metadata. invalid_format'],
    ['{"name":"a","type":"live","metadata":{"a":1e999}}', 'metadata.a invalid_format'],
    [
      { ...key, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, n])) },
      'metadata invalid_format',
    ],
    [{ ...key, metadata: { a: 'x'.repeat(5_000) } }, 'metadata invalid_format'],
    [{ ...key, metadata: { a: { b: '\0' } } }, 'metadata.a.b invalid_format'],
    [{ ...key, other: 1 }, 'other unknown_field'],
    [{ ...key, constructor: 1 }, 'constructor unknown_field'],
    ['{"name":"a","type":"live","__proto__":{"access":"admin"}}', '__proto__ unknown_field'],
    ['{"name":"a","type":"live","metadata":{"__proto__":1}}', 'metadata.__proto__ unknown_field'],
    ['{"name":', 'body invalid_format'],
    ['['.repeat(100_000), 'body invalid_format'],
    [`{"name":"a","type":"live","metadata":${'['.repeat(50)}${']'.repeat(50)}}`, 'body invalid_format'],
  ]
  it.each(creates.map(([body, fault]) => [short(body), fault, body] as const))(
    'create: %s: %s',
    async (_name, expected, body) => {
      expect(await send(400, post('/api-keys', body))).toContain(expected)
    },
  )

  it.each<[string, string, unknown, string]>([
    ['PATCH', '/api-keys/ID', {}, 'body invalid_format'],
    ['PATCH', '/api-keys/ID', { type: 'test' }, 'type unknown_field'],
    ['PATCH', '/api-keys/ID', { name: null }, 'name invalid_type'],
    ['PATCH', '/api-keys/ID', { name: 'a\u202eb' }, 'name invalid_format'],
    ['POST', '/api-keys', { name: 'a\u200bb', type: 'live' }, 'name invalid_format'],
    ['POST', '/members', { name: 'a\u200eb' }, 'name invalid_format'],
    ['PATCH', '/members/nobody', { name: '\u200b' }, 'name invalid_format'],
    ['POST', '/channels', { type: 'email', to: 'a@b.co', name: '\u3164' }, 'name invalid_format'],
    ['PATCH', '/channels/nobody', { name: 'a\ue000' }, 'name invalid_format'],
    ['POST', '/alerts', { name: '\u2066a' }, 'name invalid_format'],
    ['POST', '/alerts', { for: `${'0'.repeat(20)}5m` }, 'for too_long'],
    ['POST', '/alerts', { allowedRanges: ['1:'.repeat(100)] }, 'allowedRanges[0] too_long'],
    ['POST', '/api-keys/ID/revoke', { reason: '\ufeff' }, 'reason invalid_format'],
    ['PATCH', '/api-keys/ID', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt out_of_range'],
    ['PATCH', '/api-keys/ID', { expiresAt: '0000-01-01T00:00:00+01:00' }, 'expiresAt invalid_format'],
    ['PATCH', '/api-keys/ID', { expiresAt: '0001-01-01T00:00:00+14:00' }, 'expiresAt invalid_format'],
    ['PATCH', '/api-keys/ID', { expiresAt: '1969-12-31T23:59:59Z' }, 'expiresAt invalid_format'],
    ['PATCH', '/api-keys/ID', { expiresAt: '9999-12-31T23:59:59-01:00' }, 'expiresAt invalid_format'],
    ['POST', '/alerts/nobody/mute', { until: '0000-01-01T00:00:00Z' }, 'until invalid_format'],
    ['PATCH', '/api-keys/ID', { permissions: ['keys:manage'] }, 'permissions[0] out_of_range'],
    ['PATCH', '/members/nobody', {}, 'body invalid_format'],
    ['PATCH', '/members/nobody', { password: 'x'.repeat(257) }, 'password too_long'],
    ['POST', '/api-keys/ID/rotate', { overlapSeconds: 1.5 }, 'overlapSeconds invalid_type'],
    ['POST', '/api-keys/ID/rotate', { overlapSeconds: 30 * 86_400 + 1 }, 'overlapSeconds out_of_range'],
    ['POST', '/api-keys/ID/revoke', { reason: '' }, 'reason out_of_range'],
    ['POST', '/api-keys/ID/rotate', { overlapSeconds: -1 }, 'overlapSeconds out_of_range'],
    ['POST', '/api-keys/ID/rotate', { overlapSeconds: 1e99 }, 'overlapSeconds out_of_range'],
    ['POST', '/api-keys/ID/revoke', { reason: 'x'.repeat(501) }, 'reason too_long'],
    ['POST', '/members', { email: 'nope', role: 'admin', password: 'long enough' }, 'email invalid_format'],
    ['POST', '/members', { email: 'a@b.co', role: 'owner', password: 'long enough' }, 'role invalid_format'],
    ['POST', '/members', { email: 'a@b.co', role: 'admin', password: 'short' }, 'password out_of_range'],
    [
      'POST',
      '/members',
      { email: `${'a'.repeat(300)}@b.co`, role: 'admin', password: 'long enough' },
      'email too_long',
    ],
    ['POST', '/session', { email: 'a@b.co' }, 'password required'],
    ['POST', '/session', { email: ['a@b.co'], password: 'x' }, 'email invalid_type'],
    ['POST', '/session', { email: 'a@b.co', password: 'x'.repeat(257) }, 'password too_long'],
  ])('%s %s %j', async (method, path, body, expected) => {
    expect(await send(400, post(path.replace('ID', keyId), body, { method }))).toContain(expected)
  })

  it.each<[object | string, string]>([
    [{}, 'key required'],
    [{ key: 1 }, 'key invalid_type'],
    [{ key: 'x'.repeat(513) }, 'key too_long'],
    [{ key: 'x', permission: 'x' }, 'permission invalid_format'],
    [{ key: 'x', units: 0 }, 'units out_of_range'],
    [{ key: 'x', units: '1' }, 'units invalid_type'],
    [{ key: 'x', ip: 'x' }, 'ip invalid_format'],
    [{ key: 'x', endpoint: 'x'.repeat(257) }, 'endpoint too_long'],
    [{ key: 'x', units: 1_001 }, 'units out_of_range'],
    ['{"key":"x","units":1e999}', 'units invalid_type'],
    [{ key: 'x', ip: '10.0.0.0/8' }, 'ip invalid_format'],
    [{ key: 'x', ip: null }, 'ip invalid_type'],
    [{ key: 'x', method: 'x'.repeat(17) }, 'method too_long'],
    [{ key: 'a\0b' }, 'key invalid_format'],
    ['{"key":"\\ud800"}', 'key invalid_format'],
    [{ key: 'x', other: 1 }, 'other unknown_field'],
    ['{', 'body invalid_format'],
  ])('verify: %j', async (body, expected) => {
    expect(await send(400, post('/verify', body, { secret: service.serviceToken }))).toContain(expected)
  })

  it.each<[object, string]>([
    [{ id: '' }, 'id out_of_range'],
    [{ at: 'x' }, 'at invalid_format'],
    [{ at: '2020-01-01T00:00:00Z' }, 'at out_of_range'],
    [{ at: '2099-01-01T00:00:00Z' }, 'at out_of_range'],
    [{ keyId: 'key_nobody' }, 'keyId invalid_format'],
    [{ status: 99 }, 'status out_of_range'],
    [{ status: '200' }, 'status invalid_type'],
    [{ id: 'x'.repeat(129) }, 'id too_long'],
    [{ id: 'a\0' }, 'id invalid_format'],
    [{ at: Date.now() }, 'at invalid_type'],
    [{ keyId: null }, 'keyId invalid_type'],
    [{ status: 600 }, 'status out_of_range'],
    [{ latencyMs: -1 }, 'latencyMs out_of_range'],
    [{ latencyMs: '5' }, 'latencyMs invalid_type'],
    [{ units: 1_000_001 }, 'units out_of_range'],
    [{ units: 1.5 }, 'units invalid_type'],
    [{ requestId: 'x' }, 'requestId invalid_format'],
    [{ ip: 'x' }, 'ip invalid_format'],
    [{ other: 1 }, 'other unknown_field'],
  ])('one bad event is named by its index and refuses the batch whole: %j', async (wrong, expected) => {
    const good = { id: randomUUID(), at: new Date().toISOString(), keyId, status: 200 }
    const batch = { events: [good, { ...good, id: 'bad', ...wrong }] }
    expect(await send(400, post('/usage/events', batch, { secret: service.serviceToken }))).toContain(
      `events[1].${expected}`,
    )
    const again = await service.server.post('/usage/events', { events: [good] })
    expect(again.body).toEqual({ accepted: 1, duplicates: 0 })
  })

  it('several bad events are each named by their index, and the good ones between them are not stored', async () => {
    const event = () => ({ id: randomUUID(), at: new Date().toISOString(), keyId, status: 200 })
    const events = Array.from({ length: 6 }, event)
    const spoilt = events.map((one, index) => {
      if (index === 3) return { ...one, keyId: 'key_0000000000000000' }
      return index === 5 ? { ...one, at: '2020-01-01T00:00:00Z' } : one
    })
    expect(
      await send(400, post('/usage/events', { events: spoilt }, { secret: service.serviceToken })),
    ).toEqual(['events[3].keyId invalid_format', 'events[5].at out_of_range'])
    const again = await service.server.post('/usage/events', { events })
    expect(again.body).toEqual({ accepted: 6, duplicates: 0 })
  })

  it('too many events, or none', async () => {
    const events = Array.from({ length: 1_001 }, (_, index) => ({
      id: `${index}`,
      at: new Date().toISOString(),
      keyId,
      status: 200,
    }))
    expect(await send(400, post('/usage/events', { events }, { secret: service.serviceToken }))).toContain(
      'events too_long',
    )
    expect(
      await send(400, post('/usage/events', { events: [] }, { secret: service.serviceToken })),
    ).toContain('events out_of_range')
  })
})

it('after all of this the service works, nothing failed or hangs, and every process lives', () =>
  expectUnharmed(service, account.adminKey))
