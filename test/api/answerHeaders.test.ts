import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouteSpec } from '../../src/api/guard.ts'
import { hotRoutes } from '../../src/api/hot.ts'
import { routes } from '../../src/api/routes/all.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { eventually } from '../support/eventually.ts'
import { sayRaw } from '../support/raw.ts'
import { secretOf } from '../support/secretOf.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let secrets: Parameters<typeof secretOf>[1]
beforeAll(async () => {
  service = await startService({ workers: 1 })
  account = await service.account('enterprise')
  const { adminKey } = account
  secrets = { adminKey, serviceToken: service.serviceToken, operatorToken: await service.operatorToken() }
})
afterAll(() => service.stop())

const specs: RouteSpec[] = [...hotRoutes, ...routes].map(({ spec }) => spec)
const methodOf = (spec: RouteSpec) => (spec.method === 'all' ? 'GET' : spec.method.toUpperCase())
const guards = (headers: Headers) => [headers.get('cache-control'), headers.get('x-content-type-options')]
const GUARDED = ['no-store', 'nosniff']

describe('no answer is kept on the way, and none is taken for what it is not', () => {
  it.each(specs.map((spec) => [`${spec.method} ${spec.path}`, spec] as const))('%s', async (_name, spec) => {
    const ask = async (secret: string | undefined, path: string, body?: unknown) => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` }
      const sent = { method: methodOf(spec), headers, body: body && JSON.stringify(body) }
      return guards((await fetch(`${service.url}${path}`, sent as RequestInit)).headers)
    }
    const path = spec.path.replace(/:\w+/, 'none')
    expect(await ask(undefined, path)).toEqual(GUARDED)
    const secret = secretOf(spec, secrets) ?? account.adminKey
    expect(await ask(secret, path, spec.body ? {} : undefined)).toEqual(GUARDED)
    expect(await ask(secret, `${path}?no=such`)).toEqual(GUARDED)
  })

  it('what is right: a secret that is shown, a list, a verification, a question of a proxy', async () => {
    const created = await account.post('/api-keys', { name: 'A', type: 'live' })
    const { key } = created.body
    const answers = [
      created,
      await account.get('/api-keys'),
      await account.get('/usage?format=csv'),
      await service.server.post('/verify', { key }),
      await service.server.post('/verify', { key: 'none' }),
      await account.as(key).get('/forward-auth'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 200])
    for (const { headers } of answers) expect(guards(headers)).toEqual(GUARDED)
  })

  it('a secret in a 202, when no worker is there', async () => {
    await service.workers[0]?.end()
    const slow = await service.startApi({ COMMAND_WAIT_MS: '0' })
    const pending = await fetch(`${slow.url}/api-keys`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': 'application/json' },
      body: '{"name":"B","type":"live"}',
    })
    expect([pending.status, ...guards(pending.headers)]).toEqual([202, ...GUARDED])
    await slow.end()
  })

  it.each([
    '/',
    '/livez',
    '/readyz',
    '/metrics',
    '/openapi.json',
    '/admin',
    '/dashboard',
    '/docs',
    '/no',
    '/%zz',
  ])('%s', async (path) => {
    const answer = await fetch(`${service.url}${path}`, { redirect: 'manual' })
    expect(guards(answer.headers)).toEqual(GUARDED)
  })

  it('bytes that are no request', async () => {
    const answer = (await sayRaw(service.url, 'garbage\r\n\r\n')).toLowerCase()
    expect(answer).toContain('\r\ncache-control: no-store\r\n')
    expect(answer).toContain('\r\nx-content-type-options: nosniff\r\n')
  })

  it('files that say so are kept: those of /docs and the dashboard', async () => {
    const kept = async (path: string) => guards((await fetch(`${service.url}${path}`)).headers)
    expect(await kept('/docs/swagger-ui.css')).toEqual(['public, max-age=3600', 'nosniff'])
    const [, script = ''] =
      /src="(\/dashboard\/assets\/[^"]+\.js)"/.exec(await (await fetch(`${service.url}/dashboard`)).text()) ??
      []
    expect(await kept(script)).toEqual(['public, max-age=31536000, immutable', 'nosniff'])
    // But not their absence.
    expect(await kept('/dashboard/assets/none.js')).toEqual(GUARDED)
    expect(await kept('/docs/none.css')).toEqual(GUARDED)
  })

  it('a worker’s probes, which listen on loopback unless HOST says otherwise', async () => {
    const port = await freePort()
    const worker = service.startWorker({ WORKER_PORT: String(port), HOST: '' })
    const answer = await eventually(
      () => fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined),
      (response) => response !== undefined,
    )
    expect(guards(answer?.headers ?? new Headers())).toEqual(GUARDED)
    // Loopback is more than one address; a server on all of them would be there, too.
    expect(await fetch(`http://127.0.0.2:${port}/livez`).catch(() => 'nobody')).toBe('nobody')
    await worker.end()
  })
})
