import { createServer, type RequestListener, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expressKeys } from '../../src/verifier/adapters/express.ts'
import { fastifyKeys } from '../../src/verifier/adapters/fastify.ts'
import { fetchKeys } from '../../src/verifier/adapters/fetch.ts'
import type { AdmittedKey } from '../../src/verifier/adapters/guardRequest.ts'
import { honoKeys } from '../../src/verifier/adapters/hono.ts'
import { httpKeys } from '../../src/verifier/adapters/http.ts'
import { koaKeys } from '../../src/verifier/adapters/koa.ts'
import { createVerifier, type KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { eventually } from '../support/eventually.ts'
import { type SharedService, sharedService } from '../support/sharedService.ts'

let service: SharedService
let verifier: KeyVerifier
const reports: { requestId: string; status: number; latencyMs?: number }[] = []

beforeAll(async () => {
  await awayFromMidnight(120_000)
  service = await sharedService()
  const { redis, serviceToken } = service
  const created = createVerifier({ redisUrl: redis.url, serviceToken, onError: () => {} })
  verifier = {
    ...created,
    report: (verification, outcome) => {
      reports.push({ requestId: verification.requestId, ...outcome })
      created.report(verification, outcome)
    },
  }
  await verifier.ready()
})
afterAll(async () => {
  await verifier.close()
})

/** What each server answers to an admitted request: the key, as its handler was told. `/slow` never answers. */
const handled = (key: AdmittedKey | undefined) => JSON.stringify(key)
const options = { permission: 'renders:write', units: 2 }

/** Handlers of the Fetch API on `node:http`, without its classes in place of the global ones. */
const served = (handler: (request: Request) => Response | Promise<Response>): RequestListener =>
  getRequestListener((request) => handler(request), { overrideGlobalObjects: false })

const answerOf = async (request: Request, key: AdmittedKey | undefined) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/slow') await new Promise(() => {})
  return new Response(handled(key), { status: pathname === '/teapot' ? 418 : 200 })
}

const servers: Record<string, () => Promise<RequestListener>> = {
  'node:http': async () => {
    const keys = httpKeys(verifier, options)
    return async (request, response) => {
      const key = await keys(request, response)
      if (!key || request.url === '/slow') return
      response.statusCode = request.url?.startsWith('/teapot') ? 418 : 200
      response.end(handled(key))
    }
  },
  Koa: async () => {
    const app = new Koa()
    app.use(koaKeys<Koa.Context>(verifier, options))
    app.use(async (ctx) => {
      if (ctx.path === '/slow') await new Promise(() => {})
      ctx.body = handled(ctx.state.apiKey)
      ctx.status = ctx.path === '/teapot' ? 418 : 200
    })
    return app.callback()
  },
  Express: async () => {
    const app = express().disable('x-powered-by')
    app.use(expressKeys(verifier, options))
    app.use((request, response) => {
      if (request.path === '/slow') return
      response.status(request.path === '/teapot' ? 418 : 200)
      response.send(handled(request.apiKey))
    })
    return app as unknown as RequestListener
  },
  Fastify: async () => {
    const app = Fastify()
    app.addHook('onRequest', fastifyKeys(verifier, options))
    app.all('/*', async (request, reply) => {
      if (request.url === '/slow') await new Promise(() => {})
      reply.code(request.url.startsWith('/teapot') ? 418 : 200)
      return handled(request.apiKey)
    })
    await app.ready()
    return (incoming, outgoing) => app.routing(incoming, outgoing)
  },
  'Hono on Node': async () => {
    const app = new Hono()
    app.all('*', honoKeys(verifier, options), (c) => answerOf(c.req.raw, c.get('apiKey')))
    return getRequestListener(app.fetch, { overrideGlobalObjects: false }) as RequestListener
  },
  'Hono elsewhere': async () => {
    const app = new Hono()
    app.all('*', honoKeys(verifier, options), (c) => answerOf(c.req.raw, c.get('apiKey')))
    return served((request) => app.fetch(request))
  },
  'a fetch handler': async () => served(fetchKeys(verifier, options)(answerOf)),
}

describe.each(Object.keys(servers))('%s', (name) => {
  let server: Server
  let url: string
  beforeAll(async () => {
    const listener = await servers[name]?.()
    server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, { headers })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: JSON.parse(text) }
  }
  const bearer = (key: string) => ({ Authorization: `Bearer ${key}` })

  it('admits, hands the key to the handler, sets the limits, and reports status and latency once', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey({ type: 'test' })
    const ok = await ask('/image?size=1', bearer(key))
    expect(ok.status).toBe(200)
    expect(ok.body).toMatchObject({ keyId: id, accountId: account.accountId, type: 'test', watermark: true })
    expect(ok.headers.get('x-request-id')).toBe(ok.body.requestId)
    expect(ok.headers.get('ratelimit')).toMatch(
      /"minute";r=299;t=\d+, "day";r=9999;t=\d+, "test-renders";r=98;/,
    )
    expect(ok.headers.get('x-usage-requests-today')).toBe('1')
    const teapot = await ask('/teapot', { 'X-API-Key': key })
    expect(teapot.status).toBe(418)

    const usage = await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'],
      ({ clientErrors, latencyMs }) => clientErrors === 1 && latencyMs.p50 !== null,
    )
    expect(usage).toMatchObject({ requests: 2, units: 4, errors: 1 })
    const { body } = await account.get('/usage?interval=hour&groupBy=endpoint')
    expect(JSON.stringify(body)).toContain('"/image"')
    const mine = reports.filter(({ requestId }) =>
      [ok, teapot].some(({ body }) => body.requestId === requestId),
    )
    expect(mine.map(({ status }) => status)).toEqual([200, 418])
    expect(mine.every(({ latencyMs = -1 }) => latencyMs > 0)).toBe(true)
  })

  it('refuses as the service does before a proxy, and reports nothing', async () => {
    const account = await service.account('pro')
    const { key } = await account.createKey({ type: 'test' })
    const reader = await account.createKey({ access: 'read_only' })
    const revoked = await account.createKey()
    await account.post(`/api-keys/${revoked.id}/revoke`)
    await verifier.verify({ value: key, permission: 'renders:write', units: 99 })
    const before = reports.length
    const asked: Record<string, string>[] = [
      {},
      bearer('pk_live_short'),
      bearer(reader.key),
      bearer(revoked.key),
      bearer(key),
      { ...bearer(key), 'X-API-Key': reader.key },
    ]
    const statuses: number[] = []
    for (const headers of asked) {
      const own = await ask('/image', headers)
      const theirs = await account
        .as(undefined)
        .get('/forward-auth?permission=renders:write&units=2', { headers })
      const told = ({ status, headers, body }: typeof own | typeof theirs) => ({
        status,
        body: {
          ...body,
          requestId: '',
          instance: '',
          detail: body.detail.replace(/\d+ s/, ''),
          retryAfter: 0,
        },
        names: [...headers.keys()].filter((header) =>
          /^(content-type|cache-|www-|ratelimit|x-|retry)/.test(header),
        ),
        type: headers.get('content-type'),
        challenge: headers.get('www-authenticate'),
      })
      expect(told(own)).toEqual(told(theirs))
      expect(own.body).toMatchObject({ instance: '/image', requestId: own.headers.get('x-request-id') })
      statuses.push(own.status)
    }
    expect(statuses).toEqual([401, 401, 403, 401, 429, 400])
    expect(reports).toHaveLength(before)
  })

  it('reports a caller who went away before the answer, as 499', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    const before = reports.length
    const sent = request(`${url}/slow`, { headers: bearer(key) })
    sent.on('error', () => {})
    sent.end()
    await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'].requests,
      (requests) => requests === 1,
    )
    sent.destroy()
    await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'].clientErrors,
      (errors) => errors === 1,
    )
    expect(reports.slice(before)).toMatchObject([{ status: 499 }])
  })
})

describe('a fetch handler', () => {
  const requestOf = (key: string, path = '/image') =>
    new Request(`http://localhost${path}`, { headers: { Authorization: `Bearer ${key}` } })
  const statuses = async (keyId: string, account: Awaited<ReturnType<SharedService['account']>>) =>
    (await account.get(`/api-keys/${keyId}/usage`)).body.windows['24h']

  it('passes on what its server hands over, and takes the address from there', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey({ allowedIps: ['203.0.113.7'] })
    const keys = fetchKeys(verifier, { clientIp: (_request, { ip }: { ip: string }) => ip })
    const handler = keys((_request, { keyId }, { ip }) => new Response(`${keyId} from ${ip}`))
    const admitted = await handler(requestOf(key), { ip: '203.0.113.7' })
    expect(await admitted.text()).toBe(`${id} from 203.0.113.7`)
    const refused = await handler(requestOf(key), { ip: '203.0.113.8' })
    expect([refused.status, refused.headers.get('content-type')]).toEqual([403, 'application/problem+json'])
    const nowhere = await fetchKeys(verifier)(() => new Response())(requestOf(key))
    expect(((await nowhere.json()) as { type: string }).type).toMatch(/ip-not-allowed$/)
  })

  it('reports once, when the body has been read: whole, given up, or failed', async () => {
    const account = await service.account('pro')
    const { id, key } = await account.createKey()
    const keys = fetchKeys(verifier)
    const streamed = (chunks: string[], fails = false) =>
      keys(() => {
        const left = [...chunks]
        const body = new ReadableStream({
          pull(controller) {
            const next = left.shift()
            if (next !== undefined) controller.enqueue(new TextEncoder().encode(next))
            else if (fails) controller.error(new Error('the disk is gone'))
            else controller.close()
          },
        })
        return new Response(body, { status: 201 })
      })
    const before = reports.length
    const whole = await streamed(['one ', 'two'])(requestOf(key))
    expect(reports).toHaveLength(before)
    expect(await whole.text()).toBe('one two')
    await (await streamed(['one', 'two'])(requestOf(key))).body?.cancel()
    await expect((await streamed(['one'], true)(requestOf(key))).text()).rejects.toThrow('the disk is gone')
    await keys(() => new Response(null, { status: 204 }))(requestOf(key))
    await expect(keys(() => Promise.reject(new Error('a bug')))(requestOf(key))).rejects.toThrow('a bug')
    const redirected = await keys(() => Response.redirect('http://localhost/other', 303))(requestOf(key))
    expect(redirected.headers.get('x-usage-requests-today')).toBe('6')
    expect(reports.slice(before).map(({ status }) => status)).toEqual([201, 499, 499, 204, 500, 303])
    await eventually(
      () => statuses(id, account),
      ({ requests, serverErrors, clientErrors }) =>
        requests === 6 && serverErrors === 1 && clientErrors === 2,
    )
  })
})
