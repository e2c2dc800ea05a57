import { type ChildProcess, spawn } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { startFlakyProxy } from '../support/flakyProxy.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let key: { id: string; key: string }
let session: { headers: Record<string, string> }
beforeAll(async () => {
  // The default. A word about an outcome that Redis takes along costs a caller the whole of it.
  service = await startService({ env: { COMMAND_WAIT_MS: '5000' } })
  account = await service.account('enterprise')
  key = await account.createKey()
  await account.post('/members', admin)
  const signedIn = await account.as(undefined).post('/session', credentials)
  session = { headers: { Cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' } }
})
afterAll(async () => {
  for (const child of alone) child.kill('SIGKILL')
  await service.stop()
})

/** Ended after the tests, whether or not these came so far: a process that is left keeps a test run from ending. */
const alone = new Set<ChildProcess>()

const credentials = { email: 'ada@example.com', password: 'a long password' }
const admin = { ...credentials, role: 'admin' }
const operator = { headers: { Authorization: `Basic ${btoa('operator:operator-password')}` } }
const wanted = { name: 'New', type: 'live' }
const event = () => ({ id: crypto.randomUUID(), at: new Date().toISOString(), keyId: key.id, status: 200 })

/** How long a caller may be kept waiting, whatever is away: two bounds of 5 s, and some for a busy machine. */
const PATIENCE_MS = 13_000

/** What an api answers to one call of each kind, all at once: `status slug`. */
async function askAll(at: Client): Promise<Record<string, string>> {
  const server = at.as(service.serviceToken)
  const nobody = at.as(undefined)
  const once = () => ({ headers: { 'Idempotency-Key': crypto.randomUUID() } })
  const calls = {
    livez: nobody.get('/livez'),
    readyz: nobody.get('/readyz'),
    verify: server.post('/verify', { key: key.key }),
    'verify once': server.post('/verify', { key: key.key }, once()),
    'forward-auth': at.as(key.key).get('/forward-auth'),
    report: server.post('/usage/events', { events: [event()] }),
    'report once': server.post('/usage/events', { events: [event()] }, once()),
    list: at.get('/api-keys'),
    create: at.post('/api-keys', wanted),
    revoke: at.post('/api-keys/key_0000000000000000/revoke'),
    usage: at.get(`/api-keys/${key.id}/usage`),
    'list by session': nobody.get('/api-keys', session),
    'create by session': nobody.post('/api-keys', wanted, session),
    'sign in': nobody.post('/session', { email: `${crypto.randomUUID()}@example.com`, password: 'x' }),
    metrics: nobody.get('/metrics', operator),
    queues: nobody.get('/admin/queues/api/queues', operator),
  }
  const asked = Object.entries(calls).map(async ([name, call]) => {
    const started = Date.now()
    const { status, body, headers } = await call
    expect(Date.now() - started, name).toBeLessThan(PATIENCE_MS)
    if (status === 503 && name !== 'readyz')
      expect(Number(headers.get('retry-after')), name).toBeGreaterThan(0)
    const isProblem = headers.get('content-type')?.startsWith('application/problem+json')
    const slug = isProblem ? body.type.split('/').at(-1) : ''
    return [name, `${status} ${slug}`.trim()]
  })
  return Object.fromEntries(await Promise.all(asked))
}

const away = '503 service-unavailable'
const withoutRedis = {
  livez: '200',
  readyz: '503',
  verify: away,
  'verify once': away,
  'forward-auth': away,
  report: away,
  'report once': away,
  list: away,
  create: away,
  revoke: away,
  usage: away,
  // A session is known to Postgres alone; what it asks for is done when the queue is back.
  'list by session': '200',
  'create by session': '202',
  'sign in': away,
  metrics: '200',
}
const withAll = {
  livez: '200',
  readyz: '200',
  verify: '200',
  'verify once': '200',
  'forward-auth': '200',
  report: '202',
  'report once': '202',
  list: '200',
  create: '201',
  revoke: '404 api-key-not-found',
  usage: '200',
  'list by session': '200',
  'create by session': '201',
  'sign in': '401 invalid-credentials',
  metrics: '200',
  queues: '200',
}

/** Waits until everything works: an api that has just started on a busy machine may answer a call with 503. */
async function recovers(at: Client): Promise<void> {
  await eventually(
    () => askAll(at),
    (answers) => isDeepStrictEqual(answers, withAll),
    30_000,
  )
}

describe('without Redis', () => {
  it('every call has its answer at once, /readyz names Redis, and all works again when it is back', async () => {
    await recovers(account)
    await service.redis.kill()
    await eventually(
      () => account.as(undefined).get('/readyz'),
      ({ status }) => status === 503,
    )
    const { queues: _, ...answers } = await askAll(account)
    expect(answers).toEqual(withoutRedis)
    expect((await account.as(undefined).get('/readyz')).body).toEqual({
      ready: false,
      checks: { postgres: 'ok', redis: 'unavailable' },
    })
    await service.redis.restart()
    await recovers(account)
  })

  it('a Redis that hangs keeps nobody waiting for long, and is as good as none', async () => {
    process.kill(service.redis.pid, 'SIGSTOP')
    const { queues: _, ...answers } = await askAll(account)
    process.kill(service.redis.pid, 'SIGCONT')
    expect(answers).toEqual(withoutRedis)
    await recovers(account)
  })

  it('an api that starts then answers, comes to work when Redis does, and stops in good order before', async () => {
    await service.redis.kill()
    const [early, late] = await Promise.all([startAlone('src/api/main.ts'), startAlone('src/api/main.ts')])
    const { queues: _, ...answers } = await askAll(createClient(early.url, account.adminKey))
    expect(answers).toEqual(withoutRedis)
    expect(await early.end()).toBe(0)
    await service.redis.restart()
    await recovers(createClient(late.url, account.adminKey))
    expect(await late.end()).toBe(0)
  })
})

describe('without Postgres', () => {
  it('known keys are verified, the rest is answered at once, and all works again when it is back', async () => {
    const { port, pathname, username, password } = new URL(service.databaseUrl)
    const proxy = await startFlakyProxy(Number(port))
    const api = await service.startApi({
      DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${proxy.port}${pathname}`,
    })
    const at = createClient(api.url, account.adminKey)
    try {
      await recovers(at)
      proxy.cut()
      const answers = await askAll(at)
      expect(answers).toEqual({
        ...Object.fromEntries(Object.keys(withAll).map((name) => [name, away])),
        livez: '200',
        readyz: '503',
        verify: '200',
        'verify once': '200',
        'forward-auth': '200',
        metrics: '200',
        queues: '200',
      })
      expect((await at.get('/readyz')).body.checks).toEqual({ postgres: 'unavailable', redis: 'ok' })
      proxy.mend()
      await recovers(at)
      expect(await api.end()).toBe(0)
    } finally {
      await proxy.close()
    }
  })
})

/** A process of the service that is not waited for until it is ready: only until it listens. */
async function startAlone(file: string) {
  const port = await freePort()
  const child = spawn(process.execPath, [file], {
    cwd: root,
    env: { ...service.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  alone.add(child)
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const url = `http://127.0.0.1:${port}`
  await eventually(
    () =>
      fetch(`${url}/livez`).then(
        ({ ok }) => ok,
        () => false,
      ),
    (ok) => ok,
  )
  return {
    url,
    end: () => {
      child.kill('SIGTERM')
      return exited
    },
  }
}
