import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouteSpec } from '../../src/api/guard.ts'
import { hotRoutes } from '../../src/api/hot.ts'
import { routes } from '../../src/api/routes/all.ts'
import { sayRaw } from '../support/raw.ts'
import { checkProblem, expectProblem, expectUnharmed, type Sent, short } from '../support/refusals.ts'
import { secretOf } from '../support/secretOf.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let secrets: Parameters<typeof secretOf>[1]
beforeAll(async () => {
  service = await startService()
  account = await service.account('enterprise')
  const { adminKey } = account
  secrets = { adminKey, serviceToken: service.serviceToken, operatorToken: await service.operatorToken() }
})
afterAll(() => service.stop())

const JSON_TYPE = { 'Content-Type': 'application/json' }
const specs: RouteSpec[] = [...hotRoutes, ...routes].map(({ spec }) => spec)
const named = (some: RouteSpec[]) => some.map((spec) => [`${spec.method} ${spec.path}`, spec] as const)
const refused = (status: number, spec: RouteSpec, sent: Sent, query = '') =>
  expectProblem(service.url, status, spec.path.replace(/:\w+/, 'none') + query, {
    method: spec.method === 'all' ? 'GET' : spec.method.toUpperCase(),
    ...sent,
  })

describe('credentials that are none, two, or in the wrong place', () => {
  const guarded = specs.filter(({ auth, path }) => typeof auth === 'object' || path === '/forward-auth')
  it.each(named(guarded))('%s', async (_name, spec) => {
    const right = secretOf(spec, secrets) ?? ''
    const wrong =
      spec.path === '/verify' || spec.path === '/usage/events' ? account.adminKey : service.serviceToken
    await refused(401, spec, {})
    if (spec.path !== '/forward-auth') await refused(401, spec, {}, `?key=${right}&api_key=${right}`)
    for (const value of [`Basic ${btoa(`${right}:`)}`, 'Bearer', 'Bearer ', right, `Token ${right}`, 'é'])
      await refused(401, spec, { headers: { Authorization: value } })
    for (const secret of [wrong, `${right}x`, 'x'.repeat(10_000), `${right},${right}`, 'null'])
      await refused(401, spec, { secret })
    const two = await refused(400, spec, { secret: right, headers: { 'X-API-Key': `${right}x` } })
    expect(two).toEqual(['X-API-Key invalid_format'])
  })

  it('one value in both places, and the other place alone, are right', async () => {
    const ask = async (headers: Record<string, string>) =>
      (await account.as(undefined).get('/account', { headers })).status
    const { adminKey } = account
    expect(await ask({ 'X-API-Key': adminKey })).toBe(200)
    expect(await ask({ 'X-API-Key': adminKey, Authorization: `bearer ${adminKey}` })).toBe(200)
  })

  const swapLast = (value: string) => value.slice(0, -1) + (value.endsWith('a') ? 'b' : 'a')
  it.each<[string, (value: string) => string, RegExp]>([
    ['white space within', (value) => `${value} x`, /white space/],
    ['a wrong prefix', (value) => value.replace('pk_', 'sk_'), /does not start with/],
    ['another kind of prefix', (value) => value.replace('_live_', '_service_'), /does not start with/],
    ['upper case', (value) => value.toUpperCase(), /does not start with/],
    ['a character too few', (value) => value.slice(0, -1), /characters, not/],
    ['a character too many', (value) => `${value}0`, /characters, not/],
    ['a character of another alphabet', (value) => `${value.slice(0, -1)}é`, /character that no key has/],
    ['a wrong checksum', swapLast, /checksum/],
  ])('a key with %s is told so, before any look-up', async (_name, spoil, hint) => {
    const value = spoil(account.adminKey)
    for (const path of ['/forward-auth', '/api-keys']) {
      expect((await account.as(value).get(path)).body).toMatchObject({
        status: 401,
        type: expect.stringMatching(/invalid-api-key$/),
        hint: expect.stringMatching(hint),
      })
    }
    expect((await service.server.post('/verify', { key: value })).body).toEqual({
      valid: false,
      code: 'NOT_FOUND',
      requestId: expect.any(String),
      hint: expect.stringMatching(hint),
    })
  })

  it.each([' KEY', 'KEY\n', '\tKEY', 'KEY\u00a0', '\u2003KEY', 'KEY\r\n'])(
    'nothing is trimmed: %j',
    async (pattern) => {
      const key = pattern.replace('KEY', account.adminKey)
      expect((await service.server.post('/verify', { key })).body).toMatchObject({
        code: 'NOT_FOUND',
        hint: expect.stringMatching(/white space/),
      })
    },
  )

  it.each(['', 'x'.repeat(512), '\u200b', '😀'.repeat(40), '../../etc/passwd', '"', '%00', 'null'])(
    'what is no key at all is not found: %j',
    async (key) => {
      expect((await service.server.post('/verify', { key })).body).toMatchObject({
        valid: false,
        code: 'NOT_FOUND',
        hint: expect.any(String),
      })
    },
  )
})

describe('headers that are wrong', () => {
  const create = () => ({ method: 'POST', secret: account.adminKey, body: '{"name":"a","type":"live"}' })

  it.each(['x'.repeat(256), 'with space', 'é', 'a, b', '\xff'])(
    'an Idempotency-Key like %j',
    async (value) => {
      const headers = { ...JSON_TYPE, 'Idempotency-Key': value }
      const [field] = await expectProblem(service.url, 400, '/api-keys', { ...create(), headers })
      expect(field).toMatch(/^Idempotency-Key (too_long|invalid_format)$/)
      for (const [path, body] of [
        ['/verify', { key: 'x' }],
        ['/usage/events', { events: [{ id: 'a', at: new Date().toISOString(), keyId: 'x', status: 200 }] }],
      ] as const) {
        const sent = { method: 'POST', secret: service.serviceToken, body: JSON.stringify(body), headers }
        expect(await expectProblem(service.url, 400, path, sent)).toEqual([field])
      }
    },
  )

  it('an Idempotency-Key of 255 characters is one', async () => {
    const headers = { 'Idempotency-Key': 'x'.repeat(255) }
    expect((await account.post('/api-keys', { name: 'a', type: 'live' }, { headers })).status).toBe(201)
  })

  it.each(
    ['nonsense', '"v2"', 'W/"v1"', '"v1', 'v1', `"${'x'.repeat(8_000)}"`, '"é"', ',,,', '"v1"\t"v2"'].map(
      (tag) => [short(tag), tag] as const,
    ),
  )('an If-Match like %s matches nothing, and nothing is changed', async (_name, tag) => {
    const { id } = await account.createKey({ name: 'Matched' })
    const headers = { ...JSON_TYPE, 'If-Match': tag }
    const sent = { secret: account.adminKey, headers }
    await expectProblem(service.url, 412, `/api-keys/${id}`, {
      ...sent,
      method: 'PATCH',
      body: '{"name":"x"}',
    })
    await expectProblem(service.url, 412, `/api-keys/${id}`, { ...sent, method: 'DELETE' })
    expect((await account.get(`/api-keys/${id}`)).body).toMatchObject({ name: 'Matched', version: 1 })
  })

  it('nothing that a caller says comes back as a header', async () => {
    const evil = '%0d%0aSet-Cookie:%20evil=1'
    for (const [method, path] of [
      ['GET', `/${evil}`],
      ['GET', `/api-keys/${evil}?evil=${evil}`],
      ['PUT', `/api-keys?${evil}`],
      ['GET', `/forward-auth?${evil}=1`],
    ] as const) {
      const response = await fetch(`${service.url}${path}`, {
        method,
        headers: {
          ...{ Authorization: `Bearer ${account.adminKey}`, 'X-Request-Id': 'evil', Origin: 'https://evil' },
          ...{ 'X-Forwarded-For': 'evil', 'X-Forwarded-Host': 'evil', Forwarded: 'for=evil' },
          ...{ 'X-Forwarded-Uri': '/evil', 'X-HTTP-Method-Override': 'evil', 'Accept-Language': 'evil' },
        },
      })
      expect(JSON.stringify([...response.headers])).not.toContain('evil')
    }
  })
})

describe('bytes that are no request are answered with a problem, and the connection ends', () => {
  const end = 'Host: x\r\nConnection: close\r\n\r\n'
  const nonsense: [number, string][] = [
    [400, 'garbage\r\n\r\n'],
    [400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'],
    [400, '\0'.repeat(100)],
    [400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [400, 'GET / HTTP/9.9\r\n\r\n'],
    [400, 'get /livez HTTP/1.1\r\nHost: x\r\n\r\n'],
    [400, 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [400, `GET /api-keys HTTP/1.1\r\nX-API-Key: a\r\n b\r\n${end}`],
    [400, `GET /api-keys HTTP/1.1\r\nX-API-Key: a\rSet-Cookie: evil=1\r\n${end}`],
    [400, `GET /api-keys HTTP/1.1\r\nX-API-Key: a\0b\r\n${end}`],
    [400, `GET /api-keys HTTP/1.1\r\nX-API Key: a\r\n${end}`],
    [400, `GET http://[::/ HTTP/1.1\r\n${end}`],
    [400, `GET http://evil.example/api-keys HTTP/1.1\r\n${end}`],
    [400, `OPTIONS * HTTP/1.1\r\n${end}`],
    [400, `GET /caf\xe9 HTTP/1.1\r\n${end}`],
    [400, `GET /livez?\x01 HTTP/1.1\r\n${end}`],
    [400, 'POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n'],
    [400, 'POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    [400, 'POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n'],
    [400, 'POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n'],
    [400, 'POST /verify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n'],
    [405, 'CONNECT api.example:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    [431, `GET /api-keys HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(45_000)}\r\n\r\n`],
    [431, `GET /${'a'.repeat(45_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    [431, `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(9_000)}\r\n`],
  ]
  it.each(nonsense.map(([status, bytes]) => [status, short(bytes), bytes] as const))(
    '%s: %s',
    async (status, _name, bytes) => {
      const answer = await sayRaw(service.url, bytes)
      const [head = '', body = ''] = answer.split('\r\n\r\n')
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      expect(head).toMatch(/^content-type: application\/problem\+json$/im)
      expect(head).not.toMatch(/evil/)
      const { instance } = JSON.parse(body)
      checkProblem(body, status, instance, /^x-request-id: (\S+)$/im.exec(head)?.[1] ?? '')
    },
  )

  it('a body that breaks off is the sender’s loss alone', async () => {
    const head = (length: number) =>
      `POST /verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${service.serviceToken}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`
    await Promise.all(
      Array.from({ length: 20 }, () => {
        const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
        socket.on('error', () => {})
        return new Promise<void>((resolve) => {
          socket.on('close', () => resolve())
          socket.write(`${head(100)}{"key":`, () => socket.resetAndDestroy())
        })
      }),
    )
    expect(await sayRaw(service.url, `${head(11)}{"key":"x"}`)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('an answer goes to each of many requests that come at once over one connection', async () => {
    const one = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'
    const last = one.replace('Host', 'Connection: close\r\nHost')
    const answer = await sayRaw(service.url, one.repeat(19) + last)
    expect(answer.match(/HTTP\/1\.1 200 /g)?.length).toBe(20)
  })
})

it('after all of this the service works, nothing failed or hangs, and every process lives', () =>
  expectUnharmed(service, account.adminKey))
