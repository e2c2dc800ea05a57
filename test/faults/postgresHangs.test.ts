import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { createVerifier, type KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { type Api, type Service, startService } from '../support/startService.ts'

/**
 * Promise 11. What hangs, hangs until the test ends it: that an answer is there says that it did not wait for Postgres.
 */
let postgres: OwnPostgres
let service: Service
let account: Awaited<ReturnType<Service['account']>>
let key: { id: string; key: string }
let session: { headers: Record<string, string> }
let library: KeyVerifier

beforeAll(async () => {
  postgres = await startOwnPostgres()
  service = await startService({
    database: postgres,
    env: { COMMAND_WAIT_MS: '10000', DATABASE_TIMEOUT_MS: '4000' },
  })
  account = await service.account('enterprise')
  key = await account.createKey()
  await account.post('/members', { ...credentials, role: 'admin' })
  const signedIn = await account.as(undefined).post('/session', credentials)
  session = { headers: { Cookie: signedIn.headers.get('set-cookie')?.split(';')[0] ?? '' } }
  const { serviceToken } = service
  library = createVerifier({ redisUrl: service.redis.url, serviceToken, onError: () => {} })
  await library.ready(30_000)
  await library.verify({ value: key.key })
})
afterEach(() => postgres.goOn())
afterAll(async () => {
  postgres.goOn()
  await library.close(1_000)
  await service.stop()
})

const credentials = { email: 'ada@example.com', password: 'a long password' }
const wanted = { name: 'New', type: 'live' }
const unknown = () => generateSecret('pk', 'live').value

/** Known keys and the known token, by HTTP, by a proxy's route, and in the library. */
async function verifyKnown(url: string, value = key.key): Promise<string[]> {
  const server = createClient(url, service.serviceToken)
  const [verified, passed, decided] = await Promise.all([
    server.post('/verify', { key: value }),
    createClient(url, value).get('/forward-auth'),
    library.verify({ value }),
  ])
  return [verified.body.code ?? verified.status, String(passed.status), decided.code]
}

/** What else an api answers, each as its status. */
async function askAll(url: string): Promise<Record<string, number>> {
  const admin = createClient(url, account.adminKey)
  const server = admin.as(service.serviceToken)
  const nobody = admin.as(undefined)
  const calls = {
    'unknown key': server.post('/verify', { key: unknown() }),
    'unknown key by proxy': admin.as(unknown()).get('/forward-auth'),
    'unknown key manages': admin.as(unknown()).get('/api-keys'),
    'unknown token': admin.as(generateSecret('pk', 'service').value).post('/verify', { key: key.key }),
    list: admin.get('/api-keys'),
    usage: admin.get('/usage'),
    export: fetch(`${url}/account/export`, { headers: { Authorization: `Bearer ${account.adminKey}` } }),
    create: admin.post('/api-keys', wanted),
    rename: admin.patch(`/api-keys/${key.id}`, { name: 'Renamed' }),
    'list by session': nobody.get('/api-keys', session),
    'usage by session': nobody.get('/usage', session),
    'create by session': nobody.post('/api-keys', wanted, session),
    'sign in': nobody.post('/session', credentials),
    readyz: nobody.get('/readyz'),
    livez: nobody.get('/livez'),
  }
  const answers = Object.entries(calls).map(async ([name, call]) => {
    const { status, headers } = await call
    if (status === 503 && name !== 'readyz')
      expect(Number(headers.get('retry-after')), name).toBeGreaterThan(0)
    return [name, status]
  })
  return Object.fromEntries(await Promise.all(answers))
}

const healthy = {
  'unknown key': 200,
  'unknown key by proxy': 401,
  'unknown key manages': 401,
  'unknown token': 401,
  list: 200,
  usage: 200,
  export: 200,
  create: 201,
  rename: 200,
  'list by session': 200,
  'usage by session': 200,
  'create by session': 201,
  'sign in': 201,
  readyz: 200,
  livez: 200,
}
const hanging = { ...Object.fromEntries(Object.keys(healthy).map((name) => [name, 503])), livez: 200 }
const valid = ['VALID', '200', 'VALID']

async function recovers(url: string): Promise<void> {
  await eventually(
    () => askAll(url),
    (answers) => JSON.stringify(answers) === JSON.stringify(healthy),
  )
  expect(await verifyKnown(url)).toEqual(valid)
}

/** Several bounds pass in each. */
const LONG = { timeout: 240_000 }

describe('with a Postgres that is stopped', LONG, () => {
  it('known keys go on, the rest is refused, and all works again when it goes on', async () => {
    await recovers(service.url)
    // Known to the region, but not yet to this process.
    const fresh = await account.createKey()
    await postgres.hang()
    expect(await verifyKnown(service.url, fresh.key)).toEqual(valid)
    expect(await askAll(service.url)).toEqual(hanging)
    await expect(library.verify({ value: unknown() })).rejects.toThrow(/No worker has answered|looked up/)
    expect(await askAll(service.url)).toEqual(hanging)
    expect(await verifyKnown(service.url)).toEqual(valid)
    postgres.goOn()
    await recovers(service.url)
    expect((await library.verify({ value: unknown() })).code).toBe('NOT_FOUND')
  })

  it('promise 1: a command that was stored is answered 202, and done when it goes on', async () => {
    const [worker] = service.workers
    await worker?.end()
    const count = async () =>
      Number((await runSql(postgres.databaseUrl, `select count(*) as n from command`))[0]?.[0]?.n)
    const before = await count()
    const creating = account.post('/api-keys', wanted)
    await eventually(count, (now) => now > before)
    await postgres.hang()
    const { status, body, headers } = await creating
    expect(status).toBe(202)
    expect(body.operation.status).toBe('pending')
    postgres.goOn()
    service.startWorker()
    await eventually(
      () => account.get(headers.get('location') ?? ''),
      (answer) => answer.body.status === 'succeeded',
    )
    const verified = await service.server.post('/verify', { key: body.key })
    expect(verified.body.code).toBe('VALID')
  })

  it('a worker ends within its bound, and what it had in hand is done by the next', async () => {
    const port = await freePort()
    const worker = service.startWorker({ SHUTDOWN_MS: '3000', WORKER_PORT: String(port), HOST: '127.0.0.1' })
    await eventually(
      () => fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined),
      (answer) => answer?.ok === true,
    )
    const creating = Array.from({ length: 8 }, () => account.post('/api-keys', wanted))
    await postgres.hang()
    expect([0, 1]).toContain(await worker.end())
    const answers = await Promise.all(creating)
    postgres.goOn()
    for (const { status, headers } of answers) {
      expect([201, 202, 503]).toContain(status)
      if (status === 202)
        await eventually(
          () => account.get(headers.get('location') ?? ''),
          (answer) => answer.body.status === 'succeeded',
        )
    }
    await recovers(service.url)
  })
})

describe('with a network that loses everything on the way to Postgres', LONG, () => {
  let proxy: FlakyProxy
  let api: Api
  beforeAll(async () => {
    const url = new URL(postgres.databaseUrl)
    proxy = await startFlakyProxy(Number(url.port))
    url.port = String(proxy.port)
    api = await service.startApi({ DATABASE_URL: url.href })
  })
  afterAll(async () => {
    await api.end('SIGKILL')
    await proxy.close()
  })

  it('known keys go on, the rest is refused, and all works again though the old connections never answer', async () => {
    await recovers(api.url)
    proxy.hold('requests', 'answers')
    expect(await askAll(api.url)).toEqual(hanging)
    expect(await verifyKnown(api.url)).toEqual(valid)
    proxy.mend('strand')
    await recovers(api.url)
  })
})
