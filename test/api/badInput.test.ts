import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectProblem, type Sent } from '../support/refusals.ts'
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

describe('a body that is wrong names the field', () => {
  it.each<[unknown, string]>([
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
    [{ ...key, allowedIps: ['999.1.1.1'] }, 'allowedIps[0] invalid_format'],
    [{ ...key, expiresAt: 'tomorrow' }, 'expiresAt invalid_format'],
    [{ ...key, expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt out_of_range'],
    [{ ...key, metadata: [] }, 'metadata invalid_type'],
    [{ ...key, metadata: { a: 'x'.repeat(5_000) } }, 'metadata invalid_format'],
    [{ ...key, metadata: { a: { b: '\0' } } }, 'metadata.a.b invalid_format'],
    [{ ...key, other: 1 }, 'other unknown_field'],
    [{ ...key, constructor: 1 }, 'constructor unknown_field'],
    ['{"name":"a","type":"live","__proto__":{"access":"admin"}}', '__proto__ unknown_field'],
    ['{"name":"a","type":"live","metadata":{"__proto__":1}}', 'metadata.__proto__ unknown_field'],
    ['{"name":', 'body invalid_format'],
    ['['.repeat(100_000), 'body invalid_format'],
    [`{"name":"a","type":"live","metadata":${'['.repeat(50)}${']'.repeat(50)}}`, 'body invalid_format'],
  ])('create: %j', async (body, expected) => {
    expect(await send(400, post('/api-keys', body))).toContain(expected)
  })

  it.each<[string, string, unknown, string]>([
    ['PATCH', '/api-keys/ID', {}, 'body invalid_format'],
    ['PATCH', '/api-keys/ID', { type: 'test' }, 'type unknown_field'],
    ['POST', '/api-keys/ID/rotate', { overlapSeconds: -1 }, 'overlapSeconds out_of_range'],
    ['POST', '/api-keys/ID/rotate', { overlapSeconds: 1e99 }, 'overlapSeconds out_of_range'],
    ['POST', '/api-keys/ID/revoke', { reason: 'x'.repeat(501) }, 'reason too_long'],
    ['POST', '/members', { email: 'nope', role: 'admin', password: 'long enough' }, 'email invalid_format'],
    ['POST', '/members', { email: 'a@b.co', role: 'owner', password: 'long enough' }, 'role invalid_format'],
    ['POST', '/members', { email: 'a@b.co', role: 'admin', password: 'short' }, 'password out_of_range'],
    ['POST', '/session', { email: 'a@b.co' }, 'password required'],
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
    [{ latencyMs: -1 }, 'latencyMs out_of_range'],
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

describe('a request that is wrong', () => {
  const chunks = () =>
    new ReadableStream({
      start(stream) {
        for (let index = 0; index < 40; index++) stream.enqueue(new Uint8Array(50_000).fill(97))
        stream.close()
      },
    })

  it.each(['/api-keys', '/verify', '/usage/events'])(
    '%s: a body of 2 MB, or of another type, is refused',
    async (path) => {
      const secret = path === '/api-keys' ? account.adminKey : service.serviceToken
      await send(413, post(path, 'x'.repeat(2_000_000), { secret }))
      await send(413, post(path, '', { body: chunks(), secret }))
      await send(415, post(path, '{}', { headers: { 'Content-Type': 'text/plain' }, secret }))
      await send(415, post(path, '{}', { headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, secret }))
      await send(400, post(path, '', { secret }))
    },
  )

  it.each([
    'page=0',
    'page=1.5',
    'page=x',
    'page=99999999999',
    'page=1&page=2',
    'limit=101',
    'other=1',
    'type=x',
    'status=deleted',
    'q=',
    'q=%00',
  ])('a list with ?%s', async (query) => {
    expect((await refused(400, `/api-keys?${query}`)).length).toBeGreaterThan(0)
  })

  it.each(['permission=x', 'units=0', 'units=1&units=2', 'other=1'])('/forward-auth?%s', async (query) => {
    expect((await refused(400, `/forward-auth?${query}`)).length).toBe(1)
  })

  it.each(['%00', '%ff', '..%2f', '%F0%9F%98%80', 'a'.repeat(300), "'%20or%201=1"])(
    'an ID like %s is not found',
    async (id) => {
      await refused(404, `/api-keys/${id}`)
      await refused(404, `/api-keys/${id}/usage`)
      await refused(404, `/api-keys/${id}`, { method: 'DELETE' })
    },
  )

  it('another method is 405 and names the right ones; another path is 404', async () => {
    await refused(405, '/api-keys', { method: 'PUT' })
    await refused(405, '/verify')
    const response = await fetch(`${service.url}/api-keys`, { method: 'PUT' })
    expect(response.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'POST'])
    await refused(404, '/nothing-here')
    await refused(404, '/docs/..%2fpackage.json')
  })

  it.each(['x'.repeat(256), 'with space', 'é'])('an Idempotency-Key like %j', async (header) => {
    const headers = { ...JSON_TYPE, 'Idempotency-Key': header }
    const [field] = await send(400, post('/api-keys', key, { headers }))
    expect(field).toMatch(/^Idempotency-Key (too_long|invalid_format)$/)
  })

  it('credentials that are none, two, or in the wrong place', async () => {
    await refused(401, '/api-keys', { secret: null })
    await refused(401, '/api-keys', { secret: null, headers: { Authorization: 'Basic abc' } })
    await refused(401, '/api-keys', { secret: null, headers: { Authorization: 'Bearer' } })
    await refused(401, `/account?key=${account.adminKey}`, { secret: null })
    await refused(400, '/api-keys', { headers: { 'X-API-Key': 'another' } })
    expect(
      (await account.as(undefined).get('/account', { headers: { 'X-API-Key': account.adminKey } })).status,
    ).toBe(200)
  })

  it.each<[string, (value: string) => string, RegExp]>([
    ['white space', (value) => `${value} x`, /white space/],
    ['a wrong prefix', (value) => value.replace('pk_', 'sk_'), /does not start with/],
    ['a wrong length', (value) => value.slice(0, -1), /characters, not/],
    ['a wrong checksum', (value) => value.slice(0, -1) + (value.endsWith('a') ? 'b' : 'a'), /checksum/],
  ])('a key with %s is told so, before any look-up', async (_name, spoil, hint) => {
    const value = spoil(account.adminKey)
    const answer = await account.as(value).get('/forward-auth')
    expect(answer.body).toMatchObject({
      status: 401,
      type: expect.stringMatching(/invalid-api-key$/),
      hint: expect.stringMatching(hint),
    })
    expect((await service.server.post('/verify', { key: ` ${value}` })).body).toMatchObject({
      valid: false,
      code: 'NOT_FOUND',
    })
  })
})

/** What the server says to these bytes before it closes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(service.url)
    const socket = connect(Number(port), hostname, () => socket.end(bytes))
    let text = ''
    socket.on('data', (data) => {
      text += data
    })
    socket.on('close', () => resolve(text)).on('error', () => resolve(text))
  })
}

it.each([
  'garbage\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'GET /api-keys HTTP/1.1\r\nHost: x\r\nX-API-Key: a\r\n b\r\n\r\n',
  `GET /api-keys HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`,
  'GET http://[::/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n',
])('bytes that are no request are a 4xx: %j', async (bytes) => {
  expect(await raw(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /)
})

it('after all of this the service works, and no job has failed', async () => {
  const created = await account.createKey({ name: 'After' })
  expect((await service.server.post('/verify', { key: created.key })).body.valid).toBe(true)
  const metrics = await account
    .as(undefined)
    .get('/metrics', { headers: { Authorization: `Basic ${btoa('operator:operator-password')}` } })
  const failed = [...metrics.body.matchAll(/keys_queue_jobs{queue="([\w-]+)",state="failed"} (\d+)/g)].map(
    (match) => match[2],
  )
  expect(failed).toEqual(['0', '0', '0', '0'])
  const errors = service.output
    .join('')
    .split('\n')
    .filter((line) => line.includes('"level":"error"'))
  expect(errors).toEqual([])
})
