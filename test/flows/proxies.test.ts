import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import {
  expectProblem,
  forged,
  type ProxyAnswer,
  type Sent,
  sendThrough as send,
} from '../support/sendThrough.ts'
import { type RunningProxy, startProxy } from '../support/startProxy.ts'
import { type Service, startService } from '../support/startService.ts'
import { startUpstream } from '../support/startUpstream.ts'

type Upstream = Awaited<ReturnType<typeof startUpstream>>

let service: Service
let upstream: Upstream
beforeAll(async () => {
  await awayFromMidnight()
  service = await startService()
})
afterAll(() => service.stop())
beforeEach(() => {
  upstream.reached.length = 0
})

const names = ['nginx', 'Caddy'] as const
const proxies = {} as Record<(typeof names)[number], RunningProxy>
beforeAll(async () => {
  upstream = await startUpstream()
  for (const name of names)
    proxies[name] = await startProxy(name, { keysUrl: service.url, apiUrl: upstream.url })
})
afterAll(() => Promise.all([upstream.stop(), ...Object.values(proxies).map((proxy) => proxy.stop())]))

/** Expects a whole problem, and that the company's API was not reached. */
function expectRefused(answer: ProxyAnswer, status: number, slug: string) {
  expect(upstream.reached).toEqual([])
  return expectProblem(answer, status, slug)
}

describe.each(names)('behind %s', (name) => {
  const ask = (key: string | undefined, path: string, sent?: Sent) => send(proxies[name], key, path, sent)

  it('an accepted request arrives whole, with the service’s word for who it is and without the secret', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey({ type: 'test' })
    const body = 'x'.repeat(300_000)
    const answer = await ask(key, '/image?size=1&size=2', { method: 'POST', headers: forged, body })

    expect([answer.status, answer.text]).toEqual([200, 'upstream says 200'])
    const [arrived, ...more] = upstream.reached
    expect(more).toEqual([])
    expect(arrived).toMatchObject({ method: 'POST', url: '/image?size=1&size=2', body })
    expect(arrived?.headers).toMatchObject({
      'x-key-id': [id],
      'x-account-id': [account.accountId],
      'x-key-type': ['test'],
      'x-watermark': ['true'],
      'x-request-id': answer.headers['x-request-id'],
      'x-forwarded-for': ['127.0.0.1'],
    })
    const said = JSON.stringify(arrived?.headers)
    expect(said).not.toContain('forged')
    expect(said).not.toContain(key)
    expect(Object.keys(arrived?.headers ?? {}).filter((header) => header.includes('_'))).toEqual([])

    expect(answer.headers['x-request-id']).toEqual([expect.stringMatching(/^req_/)])
    expect(answer.headers['x-ratelimit-limit']).toEqual(['300'])
    expect(answer.headers['x-ratelimit-remaining']).toEqual(['299'])
    expect(Number(answer.headers['x-ratelimit-reset']?.[0]) % 60).toBe(0)
    expect(answer.headers['x-usage-requests-today']).toEqual(['1'])
    expect(answer.headers.ratelimit).toEqual([expect.stringContaining('"test-renders";r=99;t=')])
    expect(answer.headers['ratelimit-policy']).toEqual([expect.stringContaining('"minute";q=300;w=60')])
  })

  it('X-API-Key works, too, and does not arrive; what is no render counts none', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey({ type: 'test' })
    const answer = await ask(undefined, '/templates', { headers: { 'X-API-Key': key } })
    expect(answer.status).toBe(200)
    expect(answer.headers.ratelimit).toEqual([expect.stringContaining('"test-renders";r=100;t=')])
    expect(upstream.reached[0]?.headers['x-key-id']).toEqual([id])
    expect(JSON.stringify(upstream.reached)).not.toContain(key)
  })

  it('an account without limits gets no header about them, whatever the client sends', async () => {
    const account = await service.account('enterprise')
    const { key } = await account.createKey()
    const answer = await ask(key, '/templates', { headers: forged })
    expect(answer.status).toBe(200)
    // The API's own one, at most.
    expect([undefined, 'upstream']).toContain(answer.headers['x-ratelimit-limit']?.join())
    expect(answer.headers.ratelimit).toBeUndefined()
    expect(answer.headers['ratelimit-policy']).toBeUndefined()
    expect(answer.headers['x-usage-requests-today']).toEqual(['1'])
  })

  it('no key, an unknown one, a broken one: 401, the API not reached', async () => {
    const missing = await ask(undefined, '/image', { method: 'POST', body: 'x'.repeat(300_000) })
    expectRefused(missing, 401, 'missing-authorization')
    expect(missing.headers['www-authenticate']).toEqual(['Bearer'])

    const { key } = await (await service.account()).createKey()
    const broken = await ask(`${key}x`, '/templates/a.html')
    expect(expectRefused(broken, 401, 'invalid-api-key').hint).toEqual(expect.any(String))
    expect(broken.headers['www-authenticate']).toEqual(['Bearer error="invalid_token"'])
    expectRefused(await ask('pk_live_0000000000000000000000000000000008Mktqo', '/'), 401, 'invalid-api-key')
  })

  it('two keys that differ: 400', async () => {
    const problem = expectRefused(
      await ask('pk_live_a', '/', { headers: { 'X-API-Key': 'pk_live_b' } }),
      400,
      'validation-error',
    )
    expect(problem.errors).toHaveLength(1)
  })

  it('a key that may not render: 403 for renders, however the path is spelled, and only for these', async () => {
    const account = await service.account()
    const { key } = await account.createKey({ access: 'read_only' })
    const spellings = ['/image', '/IMAGE', '/image/', '/image/1.png', '//image', '/x/../image', '/%69mage']
    for (const path of [...spellings, '/image?permission=usage:read', '/./image']) {
      const problem = expectRefused(await ask(key, path), 403, 'insufficient-permissions')
      expect(problem.requiredPermission).toBe('renders:write')
    }
    expect((await ask(key, '/templates?permission=renders:write&units=5&problem=body')).status).toBe(200)
    expect((await ask(key, '/images')).status).toBe(200)
    expect(upstream.reached).toHaveLength(2)
  })

  it('a key that is bound to another address: 403, and nobody can claim an address', async () => {
    const account = await service.account()
    const { key } = await account.createKey({ allowedIps: ['127.0.0.9/32'] })
    const claims = ['127.0.0.9', '127.0.0.9, 127.0.0.1', '']
    for (const claim of claims) {
      const headers = { 'X-Forwarded-For': claim, 'X-Real-IP': '127.0.0.9', Forwarded: 'for=127.0.0.9' }
      expectRefused(await ask(key, '/image', { headers }), 403, 'ip-not-allowed')
    }
    expect((await ask(key, '/image', { from: '127.0.0.9' })).status).toBe(200)
    expect(upstream.reached[0]?.headers['x-forwarded-for']).toEqual(['127.0.0.9'])
  })

  it('the limit of a minute: 429 with Retry-After and the limits', async () => {
    const account = await service.account('enterprise')
    await service.cli('account', 'limits', account.accountId, '{"requestsPerMinute": 3}')
    const { key } = await account.createKey()
    // The minute may turn in between.
    const refused = await eventually(
      () => ask(key, '/templates'),
      ({ status }) => status !== 200,
    )
    const admitted = upstream.reached.splice(0).length
    expect([3, 4, 5, 6]).toContain(admitted)
    const { retryAfter } = expectRefused(refused, 429, 'rate-limit-exceeded')
    expect(retryAfter).toBeGreaterThanOrEqual(1)
    expect(retryAfter).toBeLessThanOrEqual(60)
    expect(refused.headers['x-ratelimit-limit']).toEqual(['3'])
    expect(refused.headers['x-ratelimit-remaining']).toEqual(['0'])
    expect(refused.headers['ratelimit-policy']).toEqual(['"minute";q=3;w=60'])
    expect(refused.headers['x-usage-requests-today']).toEqual([String(admitted)])
  })

  it('a test key’s renders of a day, a plan’s renders of a month: 429', async () => {
    const account = await service.account('enterprise')
    const test = await account.createKey({ type: 'test' })
    const body = { key: test.key, permission: 'renders:write', units: 99 }
    expect((await service.server.post('/verify', body)).body.valid).toBe(true)
    expect((await ask(test.key, '/image')).status).toBe(200)
    upstream.reached.length = 0
    const quota = expectRefused(await ask(test.key, '/image'), 429, 'test-quota-exceeded')
    expect(quota.retryAfter).toBeLessThanOrEqual(86_400)

    await service.cli('account', 'limits', account.accountId, '{"rendersPerMonth": 0, "rendersHard": true}')
    const live = await account.createKey()
    const plan = expectRefused(await ask(live.key, '/image'), 429, 'plan-limit-exceeded')
    expect(plan).toMatchObject({ plan: 'enterprise', detail: expect.stringContaining('month’s') })
  })

  it('promise 3: a revoked key is refused from the revoke’s answer on', async () => {
    const account = await service.account()
    for (let round = 0; round < 20; round++) {
      const { id, key } = await account.createKey()
      expect((await ask(key, '/templates')).status).toBe(200)
      expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
      upstream.reached.length = 0
      expectRefused(await ask(key, '/templates'), 401, 'invalid-api-key')
    }
  })

  it('what the API itself answers is passed on as it is', async () => {
    const { key } = await (await service.account()).createKey()
    for (const status of [204, 400, 401, 403, 404, 429, 500, 503]) {
      const answer = await ask(key, `/own/${status}`)
      expect([answer.status, answer.text]).toEqual([status, status === 204 ? '' : `upstream says ${status}`])
      expect(answer.headers['x-usage-requests-today']).toHaveLength(1)
    }
    expect(upstream.reached).toHaveLength(8)
  })

  it('every request is counted once, by its endpoint without the query', async () => {
    const account = await service.account('enterprise')
    const { id, key } = await account.createKey({ access: 'read_only' })
    const paths = Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? '/image' : '/templates'))
    const answers = await Promise.all(
      paths.map((path, n) => {
        const headers = {
          'X-Forwarded-Uri': '/forged',
          'X-Forwarded-Method': 'PUT',
          'Idempotency-Key': 'one',
        }
        const sent = n % 2 === 0 ? { headers } : { headers, method: 'POST', body: '{}' }
        return ask(key, `${path}?token=a-secret-in-the-query`, sent)
      }),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array(40).fill(200),
      ...Array(20).fill(403),
    ])
    // Told apart by their IDs: a proxy may send a GET again when a connection ends under it.
    const arrived = upstream.reached.filter(({ headers }) => headers['x-key-id']?.[0] === id)
    expect(new Set(arrived.map(({ headers }) => headers['x-request-id']?.[0])).size).toBe(40)
    const today = answers.map(({ headers }) => Number(headers['x-usage-requests-today']?.[0] ?? 0))
    expect(Math.max(...today)).toBe(40)

    const usage = await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'],
      ({ requests, refused }) => requests + refused >= 60,
    )
    expect(usage).toMatchObject({ requests: 40, refused: 20, refusedByCode: { FORBIDDEN: 20 } })
    const series = await account.get('/usage?interval=day&groupBy=endpoint')
    const told = JSON.stringify(series.body)
    expect(told).toContain('/templates')
    for (const hidden of ['a-secret', 'forged', 'forward-auth', 'PUT']) expect(told).not.toContain(hidden)
    expect(service.output.join('')).not.toContain('a-secret')
  })

  it('the places where the keys service is asked cannot be reached from outside', async () => {
    for (const path of ['/_keys/render', '/_keys/request', '/_keys/']) {
      const answer = await ask(undefined, path)
      expect([401, 404]).toContain(answer.status)
      expect(answer.headers['x-key-id']).toBeUndefined()
    }
    expect(upstream.reached).toEqual([])
  })
})

it('a problem is in a header, too, for who asks so, and in ASCII', async () => {
  const client = service.server.as(undefined)
  const { headers, body } = await client.get('/forward-auth?problem=header')
  expect(JSON.parse(headers.get('x-problem') ?? '')).toEqual(body)
  expect((await client.get('/forward-auth')).headers.get('x-problem')).toBeNull()
  expect((await client.as('a key').get('/forward-auth?problem=no')).status).toBe(400)
})

describe('when something is away, the proxy is closed, and says so', () => {
  let key = ''
  beforeAll(async () => {
    key = (await (await service.account('enterprise')).createKey()).key
  })
  const askAll = () => Promise.all(names.map((name) => send(proxies[name], key, '/image')))
  const expectOpen = () =>
    eventually(askAll, (answers) => answers.every(({ status }) => status === 200)).then(() => {
      upstream.reached.length = 0
    })
  it('Redis: the service’s own 503', async () => {
    await expectOpen()
    await service.redis.kill()
    const answers = await askAll()
    for (const answer of answers) expectRefused(answer, 503, 'service-unavailable')
    await service.redis.restart()
    await expectOpen()
  })

  it('an api that hangs: 503, and 200 when it goes on', async () => {
    const pid = service.apis[0]?.pid ?? 0
    process.kill(pid, 'SIGSTOP')
    const answers = await askAll().finally(() => process.kill(pid, 'SIGCONT'))
    for (const answer of answers) expectRefused(answer, 503, 'service-unavailable')
    await expectOpen()
  })

  it('the company’s API: a 502 that is no problem of the keys', async () => {
    await upstream.stop()
    for (const answer of await askAll()) {
      expect(answer.status).toBe(502)
      expect(answer.text).not.toContain('Keys cannot')
    }
  })

  it('the api: 503', async () => {
    await service.apis[0]?.end('SIGKILL')
    for (const answer of await askAll()) expectRefused(answer, 503, 'service-unavailable')
    for (const name of names)
      expectRefused(await send(proxies[name], undefined, '/templates.html'), 503, 'service-unavailable')
  })
})
