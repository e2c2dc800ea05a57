import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouteSpec } from '../../src/api/guard.ts'
import { hotRoutes } from '../../src/api/hot.ts'
import { routes } from '../../src/api/routes/all.ts'
import { expectProblem, expectUnharmed, type Sent } from '../support/refusals.ts'
import { secretOf } from '../support/secretOf.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let secrets: Parameters<typeof secretOf>[1]
let session: Record<string, string>
beforeAll(async () => {
  service = await startService()
  account = await service.account('enterprise')
  const { adminKey } = account
  secrets = { adminKey, serviceToken: service.serviceToken, operatorToken: await service.operatorToken() }
  const who = { email: 'ada@example.com', password: 'correct horse battery' }
  await account.post('/members', { ...who, role: 'viewer' })
  const { headers } = await account.as(undefined).post('/session', who)
  const cookie = headers.getSetCookie().find((line) => line.startsWith('keys_session='))
  session = { Cookie: cookie?.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' }
})
afterAll(() => service.stop())

/** Every route there is: a new one is asked all of this, too. */
const specs: RouteSpec[] = [...hotRoutes, ...routes].map(({ spec }) => spec)
const named = (some: RouteSpec[]) => some.map((spec) => [`${spec.method} ${spec.path}`, spec] as const)
const withAnId = (spec: RouteSpec) => spec.path.replace(/:\w+/, 'none')
const isOfSessions = ({ auth }: RouteSpec) => auth === 'session' || auth === 'person'
const methodOf = (spec: RouteSpec) => (spec.method === 'all' ? 'GET' : spec.method.toUpperCase())

const JSON_TYPE = { 'Content-Type': 'application/json' }

/** In the name of whoever may ask this, unless told. */
const refused = (status: number, spec: RouteSpec, sent: Sent = {}, path = withAnId(spec)) => {
  const secret = secretOf(spec, secrets) ?? null
  const headers = { ...(isOfSessions(spec) ? session : {}), ...sent.headers }
  return expectProblem(service.url, status, path, { method: methodOf(spec), secret, ...sent, headers })
}

const utf16 = Uint8Array.from(Buffer.from('{}', 'utf16le'))
const notUtf8 = Uint8Array.from([
  ...Buffer.from('{"a":"'),
  0xc3,
  0x28,
  0xed,
  0xa0,
  0x80,
  ...Buffer.from('"}'),
])

/** Bodies that fit no route, and one of the faults that each has to be answered with. */
const bodies: [string, string | Uint8Array, string][] = [
  ['null', 'null', 'body invalid_type'],
  ['a list', '[]', 'body invalid_type'],
  ['a text', '"text"', 'body invalid_type'],
  ['a number', '1e999', 'body invalid_type'],
  ['half an object', '{"name":', 'body invalid_format'],
  ['two objects', '{}{}', 'body invalid_format'],
  ['JavaScript', "{name:'a'}", 'body invalid_format'],
  ['a byte order mark', '\ufeff{}', 'body invalid_format'],
  ['UTF-16', utf16, 'body invalid_format'],
  ['broken UTF-8', notUtf8, 'body invalid_format'],
  ['a raw NUL', '{"\0":1}', 'body invalid_format'],
  ['open brackets', '['.repeat(100_000), 'body invalid_format'],
  ['brackets', '['.repeat(100_000) + ']'.repeat(100_000), 'body invalid_format'],
  ['braces', '{"a":'.repeat(100_000) + 1 + '}'.repeat(100_000), 'body invalid_format'],
  ['an unknown field', '{"nope":1}', 'nope unknown_field'],
  ['__proto__', '{"__proto__":{"role":"admin"}}', '__proto__ unknown_field'],
  ['constructor', '{"constructor":{"prototype":{"role":"admin"}}}', 'constructor unknown_field'],
  ['a NUL in a name', '{"a\\u0000b":1}', 'a\0b unknown_field'],
  ['a lone surrogate in a name', '{"\\ud800":1}', '\ud800 unknown_field'],
  [
    'too many names',
    JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`f${n}`, n]))),
    'f0 unknown_field',
  ],
]

/** 2 MB, of which nobody said beforehand how much it would be. */
const chunks = () =>
  new ReadableStream({
    start(stream) {
      for (let index = 0; index < 40; index++) stream.enqueue(new Uint8Array(50_000).fill(97))
      stream.close()
    },
  })

describe('a body that no route takes', () => {
  it.each(named(specs.filter((spec) => spec.body)))('%s', async (_name, spec) => {
    // Before anybody has said who they are, a body is short.
    const isShort = spec.auth === 'none' || isOfSessions(spec)
    for (const [name, body, fault] of bodies) {
      if (isShort && body.length > 4 * 1024) await refused(413, spec, { headers: JSON_TYPE, body })
      else expect(await refused(400, spec, { headers: JSON_TYPE, body }), name).toContain(fault)
    }
    if (!spec.bodyOptional)
      expect(await refused(400, spec, { headers: JSON_TYPE, body: '' })).toContain('body required')
    await refused(413, spec, { headers: JSON_TYPE, body: 'x'.repeat(2_000_000) })
    await refused(413, spec, { headers: JSON_TYPE, body: chunks() })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json, text/plain'])
      await refused(415, spec, { headers: { 'Content-Type': type }, body: '{}' })
    for (const coding of ['gzip', 'br', 'nonsense'])
      await refused(415, spec, { headers: { ...JSON_TYPE, 'Content-Encoding': coding }, body: '{}' })
  })
})

describe('a query that no route takes', () => {
  it.each(named(specs.filter((spec) => spec.query)))('%s', async (_name, spec) => {
    const ask = (query: string) => refused(400, spec, {}, `${withAnId(spec)}?${query}`)
    expect(await ask('other=1')).toEqual(['other unknown_field'])
    expect(await ask('__proto__=1&__proto__=2')).toEqual(['__proto__ unknown_field'])
    expect(await ask('constructor=1')).toEqual(['constructor unknown_field'])
    for (const name of Object.keys(spec.query?.shape ?? {})) {
      expect((await ask(`${name}=1&${name}=2`))[0]).toMatch(new RegExp(`^${name} invalid_`))
      // What cannot be an ID is not found, like any ID that does not exist.
      if (name === 'keyId') continue
      for (const value of ['%00', '', 'x'.repeat(5_000)])
        expect((await ask(`${name}=${value}`))[0]).toMatch(new RegExp(`^${name} `))
    }
  })

  it.each([
    ...['page=0', 'page=-1', 'page=1.5', 'page=x', 'page=1e3', 'page=99999999999', 'page[]=1', 'page=%zz'],
    ...['limit=0', 'limit=101', 'limit=1%200', 'type=x', 'status=deleted', 'q=%20', 'q=a%0d%0a'],
  ])('/api-keys?%s', async (query) => {
    const ask = { secret: account.adminKey }
    expect((await expectProblem(service.url, 400, `/api-keys?${query}`, ask)).length).toBe(1)
  })

  it.each([
    'cursor=x',
    'cursor=-1',
    `cursor=${'9'.repeat(19)}`,
    'limit=101',
    'targetId=a%00',
    'action=revoked',
  ])('/audit-log?%s', async (query) => {
    const ask = { secret: account.adminKey }
    expect((await expectProblem(service.url, 400, `/audit-log?${query}`, ask)).length).toBe(1)
  })

  it.each(['permission=x', 'units=0', 'units=1001', 'units=1&units=2'])('/forward-auth?%s', async (query) => {
    const ask = { secret: account.adminKey }
    expect((await expectProblem(service.url, 400, `/forward-auth?${query}`, ask)).length).toBe(1)
  })
})

describe('an ID that nothing can have is not found', () => {
  const ids = [
    ...['%00', '%ff', '%zz', '%c0%ae%c0%ae', '..%2f', '..%5c', '%2e%2e', '%F0%9F%98%80', '%0d%0aX-Evil:%201'],
    ...['a'.repeat(300), "'%20or%201=1--", '__proto__', 'constructor', '-', '%20', 'pk_live_x', '*'],
  ]
  const bodyless = specs.filter((spec) => spec.params && (!spec.body || spec.bodyOptional))
  it.each([...named(bodyless), ...named(specs.filter((spec) => spec.method === 'patch' && spec.params))])(
    '%s',
    async (_name, spec) => {
      const sent = spec.method === 'patch' ? { headers: JSON_TYPE, body: '{"name":"x"}' } : {}
      for (const id of ids) {
        // The URL standard makes one path of `%2e%2e` before it is sent.
        if (id === '%2e%2e') continue
        await refused(404, spec, sent, spec.path.replace(/:\w+/, id))
      }
    },
  )
})

describe('a method or a path that is not there', () => {
  const open = ['/openapi.json', '/livez', '/readyz', '/metrics', '/docs', '/docs/swagger-ui.css']
  const methods = new Map(open.map((path) => [path, ['GET']]))
  // `/api-keys/import` could be a key's ID, too: what that takes, it takes.
  const matches = (path: string) =>
    specs.filter((spec) => new RegExp(`^${spec.path.replace(/:\w+/g, '[^/]+')}$`).test(path))
  for (const spec of specs) {
    if (spec.method !== 'all')
      methods.set(withAnId(spec), [...new Set(matches(withAnId(spec)).map(methodOf))])
  }
  it.each([...methods])('%s takes %j and no other, and says so', async (path, known) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      if (known.includes(method)) continue
      await expectProblem(service.url, 405, path, { method, secret: account.adminKey })
      const response = await fetch(`${service.url}${path}`, { method })
      expect(response.headers.get('allow')?.split(', ').sort()).toEqual(known.toSorted())
    }
  })

  it.each([
    ...['/nothing-here', '//api-keys', '/api-keys/a/b/c', '/API-KEYS', '/verify/', '/.env'],
    ...['/docs/nothing', '/docs/..%2fpackage.json', '/docs/%2e%2e%2fpackage.json', '/%2e%2e%2f', '/%zz'],
    ...['/docs/%zz', '/docs/%00'],
  ])('%s is not found', async (path) => {
    const response = await fetch(`${service.url}${path}`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ status: 404, instance: path })
  })

  it('/ leads to the dashboard', async () => {
    const response = await fetch(`${service.url}/`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/dashboard'])
  })
})

it('after all of this the service works, nothing failed or hangs, and every process lives', () =>
  expectUnharmed(service, account.adminKey))
