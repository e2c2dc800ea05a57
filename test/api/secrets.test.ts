import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  service = await startService({ env: { LOG_LEVEL: 'trace' } })
})
afterAll(() => service.stop())

/** Every row of every table, as text. */
async function scanPostgres(): Promise<string> {
  const [tables] = await runSql(
    service.databaseUrl,
    `select tablename from pg_tables where schemaname = 'public'`,
  )
  const rows = await runSql(
    service.databaseUrl,
    ...(tables ?? []).map(({ tablename }) => `select t::text as row from "${tablename}" t`),
  )
  return rows
    .flat()
    .map(({ row }) => String(row))
    .join('\n')
}

/** Every key of Redis with all that it holds: jobs, streams, states, counters. */
async function scanRedis(): Promise<string> {
  const redis = new Redis(service.redis.url)
  try {
    const found: string[] = []
    for await (const names of redis.scanStream({ count: 1_000 })) {
      for (const name of names as string[]) {
        const read = {
          string: () => redis.get(name),
          hash: () => redis.hgetall(name),
          list: () => redis.lrange(name, 0, -1),
          set: () => redis.smembers(name),
          zset: () => redis.zrange(name, '0', '-1'),
          stream: () => redis.xrange(name, '-', '+'),
        }[await redis.type(name)]
        found.push(name, JSON.stringify(await read?.()))
      }
    }
    return found.join('\n')
  } finally {
    redis.disconnect()
  }
}

async function operatorPages(): Promise<string> {
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  const pages = [
    '/metrics',
    '/admin/queues/api/queues?activeQueue=commands&status=latest&page=1',
    '/openapi.json',
    '/readyz',
  ]
  const texts = await Promise.all(
    pages.map(async (page) => (await fetch(`${service.url}${page}`, { headers })).text()),
  )
  return texts.join('\n')
}

it('promise 4: no table, Redis key, job, log, metric or page holds a secret that was used', async () => {
  const account = await service.account()
  const password = 'a-password-nobody-else-has'
  const idempotencyKeys = [
    'idempotency-of-create',
    'idempotency-of-rotate',
    'idempotency-of-verify',
    'idempotency-of-report',
  ]
  const [create, rotate, verify, report] = idempotencyKeys.map((key) => ({
    headers: { 'Idempotency-Key': key },
  }))

  const live = await account.post('/api-keys', { name: 'Live', type: 'live' }, create)
  const test = await account.createKey({ type: 'test' })
  const rotated = await account.post(`/api-keys/${live.body.id}/rotate`, { overlapSeconds: 60 }, rotate)
  const secrets = [
    account.adminKey,
    service.serviceToken,
    live.body.key,
    test.key,
    rotated.body.key,
    password,
  ]
  const unknown = `${test.key.slice(0, -1)}${test.key.endsWith('0') ? '1' : '0'}`

  for (const key of [live.body.key, test.key, rotated.body.key, unknown]) {
    await service.server.post(
      '/verify',
      { key, permission: 'renders:write', endpoint: '/image', ip: '10.0.0.1' },
      verify,
    )
    await service.server.post('/verify', { key, permission: 'no:such' })
    await account
      .as(key)
      .get('/forward-auth?permission=renders:write', { headers: { 'X-Original-URI': `/image?key=${key}` } })
    await account.as(key).get('/api-keys')
    await account.get(`/api-keys?key=${key}`)
    await account.as(undefined).get(`/account?api_key=${key}`)
  }
  await account.post('/members', { email: 'sue@example.com', role: 'admin', password })
  const signedIn = await account.as(undefined).post('/session', { email: 'sue@example.com', password })
  secrets.push(/keys_session=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? 'no cookie')
  await account.as(undefined).post('/session', { email: 'sue@example.com', password: `${password}-wrong` })
  const event = { id: 'e1', at: new Date().toISOString(), keyId: test.id, status: 200 }
  await service.server.post('/usage/events', { events: [event] }, report)
  // A key of another form, imported by its hash, and one that is sent in its place by mistake.
  const old = 'old-system_4f1c2a9e7d'
  const mistake = 'old-system_0a5b8c3d6e'
  const lines = [
    JSON.stringify({ hash: createHash('sha256').update(old).digest('hex'), name: 'Old' }),
    JSON.stringify({ hash: mistake, name: 'Mistake' }),
  ]
  for (const query of ['?dryRun=true', '']) {
    const imported = await fetch(`${service.url}/api-keys/import${query}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${account.adminKey}`, 'Content-Type': 'application/x-ndjson' },
      body: lines.join('\n'),
    })
    const text = await imported.text()
    expect(text).toContain('"imported":1')
    expect(text).not.toContain(mistake)
  }
  expect((await service.server.post('/verify', { key: old })).body.valid).toBe(true)
  await service.server.post('/verify', { key: mistake })
  secrets.push(old, mistake)
  await account.post(`/api-keys/${test.id}/revoke`, { reason: 'test' })
  await service.server.post('/verify', { key: test.key })
  // A failing database and a failing Redis make errors, and errors have stack traces.
  await service.redis.restart()
  await eventually(
    () => account.get('/account'),
    ({ status }) => status === 200,
  )

  const scans: Record<string, () => Promise<string>> = {
    Postgres: scanPostgres,
    Redis: scanRedis,
    output: async () => service.output.join(''),
    operators: operatorPages,
  }
  for (const [place, scan] of Object.entries(scans)) {
    const text = await scan()
    expect(text.length, place).toBeGreaterThan(500)
    for (const secret of [...secrets, unknown, ...idempotencyKeys])
      expect(text.includes(secret), `${secret} in ${place}`).toBe(false)
  }
})

it('the scans find what is there', async () => {
  const marker = 'a marker that a scan must find'
  const account = await service.account()
  await account.createKey({ name: marker })
  expect(await scanPostgres()).toContain(marker)
  expect(await scanRedis()).toContain(marker)
  expect(service.output.join('')).toContain('listening')
})
