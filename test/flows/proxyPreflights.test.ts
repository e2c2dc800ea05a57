import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expectProblem, forged, sendThrough as send } from '../support/sendThrough.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'
import { type RunningProxy, startProxy } from '../support/startProxy.ts'
import { startUpstream } from '../support/startUpstream.ts'

const names = ['nginx', 'Caddy'] as const
const proxies = {} as Record<(typeof names)[number], RunningProxy>
let service: SharedService
let upstream: Awaited<ReturnType<typeof startUpstream>>
beforeAll(async () => {
  service = await sharedService()
  upstream = await startUpstream()
  for (const name of names)
    proxies[name] = await startProxy(name, { keysUrl: service.url, apiUrl: upstream.url })
})
afterAll(() => Promise.all([upstream.stop(), ...Object.values(proxies).map((proxy) => proxy.stop())]))
beforeEach(() => {
  upstream.reached.length = 0
})

const asked = { Origin: 'https://shop.example.com', 'Access-Control-Request-Method': 'POST' }
const identity = /^x[-_](key|account|watermark|request|usage|ratelimit)/

describe.each(names)('a preflight through %s', (name) => {
  it.each(['/image', '/templates'])(
    'to %s reaches the API without a key, and without any identity',
    async (path) => {
      const { Connection: _, ...claims } = forged
      const headers = {
        ...claims,
        ...asked,
        Authorization: 'Bearer pk_live_secret',
        'X-API-Key': 'pk_live_secret',
      }
      const answer = await send(proxies[name], undefined, path, { method: 'OPTIONS', headers })
      expect([answer.status, answer.text]).toEqual([200, 'upstream says 200'])
      const [arrived, ...more] = upstream.reached
      expect(more).toEqual([])
      expect(arrived).toMatchObject({ method: 'OPTIONS', url: path, headers: { origin: [asked.Origin] } })
      expect(Object.keys(arrived?.headers ?? {}).filter((header) => identity.test(header))).toEqual([])
      expect(JSON.stringify(arrived)).not.toMatch(/forged|pk_live_secret/)
    },
  )

  it('is what the API says it is', async () => {
    const answer = await send(proxies[name], undefined, '/own/403', { method: 'OPTIONS', headers: asked })
    expect([answer.status, answer.text]).toEqual([403, 'upstream says 403'])
  })

  it.each([
    ['OPTIONS', {}],
    ['OPTIONS', { Origin: asked.Origin }],
    ['OPTIONS', { 'Access-Control-Request-Method': 'POST' }],
    ['GET', asked],
    ['POST', asked],
    ['POST', { ...asked, 'X-HTTP-Method-Override': 'OPTIONS' }],
  ] as const)('is not %s with %j: that needs a key', async (method, headers) => {
    for (const path of ['/image', '/templates'])
      expectProblem(
        await send(proxies[name], undefined, path, { method, headers }),
        401,
        'missing-authorization',
      )
    expect(upstream.reached).toEqual([])
  })

  it('is not counted; an OPTIONS with a key is', async () => {
    const account = await service.account('enterprise')
    const { id, key } = await account.createKey()
    for (let n = 0; n < 3; n++)
      await send(proxies[name], key, '/templates', { method: 'OPTIONS', headers: asked })
    const answer = await send(proxies[name], key, '/templates', { method: 'OPTIONS' })
    expect(answer.headers['x-usage-requests-today']).toEqual(['1'])
    expect(upstream.reached.at(-1)?.headers['x-key-id']).toEqual([id])
  })
})

describe('when the API is away', () => {
  it('a preflight is a 502 that is no problem of the keys', async () => {
    await upstream.stop()
    for (const name of names) {
      const answer = await send(proxies[name], undefined, '/image', { method: 'OPTIONS', headers: asked })
      expect(answer.status).toBe(502)
      expect(answer.text).not.toContain('Keys cannot')
    }
  })
})
