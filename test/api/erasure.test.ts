import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { METERING_OPTIONS } from '../../src/platform/retryOptions.ts'
import { runSql } from '../setup/runSql.ts'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { openedLink } from '../support/guests.ts'
import { type Service, startService } from '../support/startService.ts'

/** In everything that an account can hold. */
const PLANTED = 'plantedzebra'
const password = 'correct horse battery'

let service: Service
let operator: Client
let redis: Redis
beforeAll(async () => {
  // Nothing listens there: messages stay, and are tried again.
  service = await startService({ env: { WEBHOOK_ALLOW_PRIVATE: 'true', SMTP_URL: 'smtp://127.0.0.1:9' } })
  operator = createClient(service.url, await service.operatorToken())
  redis = new Redis(service.redis.url)
})
afterAll(async () => {
  redis.disconnect()
  await service.stop()
})

async function erase(id: string) {
  const { status, headers, body } = await operator.delete(`/accounts/${id}`)
  const location = headers.get('location') ?? ''
  expect([status, location]).toEqual([202, `/operations/${body.operation.id}`])
  const done = await eventually(
    async () => (await operator.get(location)).body,
    (operation) => operation.status !== 'pending',
  )
  expect(done).toMatchObject({ status: 'succeeded', kind: 'erase-account', result: { accountId: id } })
}

/** Each table and column that has the text. */
async function tablesWith(text: string): Promise<string[]> {
  const [tables = []] = await runSql(
    service.databaseUrl,
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  )
  const found: string[] = []
  for (const { name } of tables as { name: string }[]) {
    const [rows = []] = await runSql(
      service.databaseUrl,
      `select 1 from ${name} t where t::text ilike '%${text}%' limit 1`,
    )
    if (rows.length > 0) found.push(name)
  }
  return found
}

/** Each key of Redis that has the text in its name or its value. */
async function redisKeysWith(text: string): Promise<string[]> {
  const found: string[] = []
  const holds = (value: unknown) => JSON.stringify(value).toLowerCase().includes(text.toLowerCase())
  for (const key of await redis.keys('*')) {
    const read: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, '0', '-1'),
      stream: () => redis.xrange(key, '-', '+'),
    }
    if (holds([key, await read[await redis.type(key)]?.()])) found.push(key)
  }
  return found
}

/** An account with everything that it can hold; all texts have `PLANTED` in them. */
async function plant() {
  const created = await operator.post('/accounts', {
    name: `${PLANTED} account`,
    plan: 'business',
    externalId: `${PLANTED}-1`,
    metadata: { crm: PLANTED },
    adminKey: true,
  })
  const { id } = created.body.account
  const admin = createClient(service.url, created.body.adminKey.key)
  const add = (email: string, role: string) =>
    admin.post('/members', { email, role, password, name: PLANTED })
  expect((await add(`${PLANTED}@example.com`, 'admin')).status).toBe(201)
  expect((await admin.post('/members', { email: `${PLANTED}2@example.com`, role: 'viewer' })).status).toBe(
    201,
  )
  expect((await service.cli('member', 'reset-link', id, `${PLANTED}@example.com`)).url).toContain('#')
  const link = { role: 'admin', email: `${PLANTED}3@example.com` }
  expect((await openedLink(operator, id, link)).opened.status).toBe(201)
  expect((await operator.post(`/accounts/${id}/session-links`, link)).status).toBe(201)
  const people = createClient(service.url)
  expect((await people.post('/session', { email: `${PLANTED}@example.com`, password })).status).toBe(201)
  const key = await admin.createKey({
    name: `${PLANTED} key`,
    metadata: { team: PLANTED },
    allowedIps: ['127.0.0.1', '192.0.2.0/24'],
    permissions: ['renders:write', `${PLANTED}:write`],
  })
  const verified = await service.server.post('/verify', {
    ...{ key: key.key, permission: 'renders:write', units: 3, ip: '192.0.2.77' },
    ...{ endpoint: `/${PLANTED}/images`, method: 'POST' },
  })
  expect(verified.body.code).toBe('VALID')
  await service.server.post('/usage/events', {
    events: [
      { id: 'e-1', at: new Date().toISOString(), keyId: key.id, status: 200, endpoint: `/${PLANTED}/b` },
    ],
  })
  const imported = await fetch(`${service.url}/api-keys/import?prefix=${PLANTED}_`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${created.body.adminKey.key}`, 'Content-Type': 'application/x-ndjson' },
    body: JSON.stringify({ hash: 'a'.repeat(64), name: `${PLANTED} imported` }),
  })
  expect([imported.status, await imported.json()]).toMatchObject([200, { imported: 1 }])
  const webhook = { type: 'webhook', name: `${PLANTED} hook`, url: `http://127.0.0.1:9/${PLANTED}` }
  const channel = (await admin.post('/channels', webhook)).body
  await admin.post('/channels', { type: 'email', name: PLANTED, to: `${PLANTED}@example.org` })
  const rule = {
    name: `${PLANTED} rule`,
    metric: 'requests',
    threshold: 1,
    window: '5m',
    channelIds: [channel.id],
  }
  const alert = (await admin.post('/alerts', rule)).body
  await admin.post(`/alerts/${alert.id}/test`)
  const gone = await admin.createKey({ name: `${PLANTED} gone`, type: 'test' })
  await admin.post(`/api-keys/${gone.id}/revoke`, { reason: `${PLANTED} reason` })
  await admin.delete(`/api-keys/${gone.id}`)
  await operator.post(`/accounts/${id}/suspend`, { reason: `${PLANTED} suspended` })
  await operator.post(`/accounts/${id}/resume`)
  await eventually(
    async () => (await admin.get(`/api-keys/${key.id}/usage`)).body.windows['24h'],
    ({ requests }) => requests === 2,
  )
  return { id, admin, key }
}

type Key = { id: string; accountId: string }

/** A metering job with usage of two accounts that Postgres refuses, because of the first one's; it is parked. */
async function park(one: Key, other: Key) {
  const queue = new Queue('metering', { connection: { url: service.redis.url } })
  const event = (key: Key, keyId: string, id: string) =>
    toRow({
      ...{ id: `\0${id}`, keyId, accountId: key.accountId, at: Date.now(), status: 200, units: 4 },
      ...{ ip: '192.0.2.88', endpoint: `/${id}`, method: 'GET' },
    })
  const events = [event(one, `${one.id}\0`, `${PLANTED}-parked`), event(other, other.id, 'of-the-other')]
  const options = { ...JSON.parse(METERING_OPTIONS), delay: 3_600_000 }
  const job = await queue.add('roll-up-events', { events }, options)
  await redis.hset(queue.toKey(job.id ?? ''), 'atm', 19)
  await job.promote()
  await eventually(
    () => job.getState(),
    (state) => state === 'failed',
  )
  return { retry: () => job.retry(), close: () => queue.close() }
}

describe('an account that is erased', () => {
  it('leaves nothing of what it held in any table or Redis key; its ID is unknown and its external ID free', async () => {
    const { id, admin, key } = await plant()
    const other = await service.account('pro')
    const otherKey = await other.createKey()
    const parked = await park({ id: key.id, accountId: id }, { id: otherKey.id, accountId: other.accountId })
    const before = await tablesWith(PLANTED)
    expect(before).toEqual(
      expect.arrayContaining([
        ...[
          'account',
          'alert_rule',
          'api_key',
          'audit_entry',
          'channel',
          'command',
          'endpoint',
          'imported_form',
        ],
        ...['guest_session', 'member', 'notification', 'password_reset', 'session_link'],
      ]),
    )
    expect((await redisKeysWith(PLANTED)).length).toBeGreaterThan(0)
    const unknown = await operator.get('/accounts/acct_none')
    await erase(id)
    expect(await tablesWith(PLANTED)).toEqual([])
    expect(await redisKeysWith(PLANTED)).toEqual([])
    expect(await tablesWith(key.id)).toEqual([])
    expect((await redisKeysWith(key.id)).filter((name) => name.startsWith('bull:metering:'))).toEqual([])
    const answer = await operator.get(`/accounts/${id}`)
    const plain = ({ status, body }: typeof answer) => [status, body.title, body.detail]
    expect(plain(answer)).toEqual(plain(unknown))
    for (const call of ['suspend', 'resume'])
      expect((await operator.post(`/accounts/${id}/${call}`)).status).toBe(404)
    expect((await operator.delete(`/accounts/${id}`)).status).toBe(404)
    expect((await operator.get('/api-keys', { headers: { 'X-Account-Id': id } })).status).toBe(404)
    expect((await admin.get('/api-keys')).status).toBe(401)
    expect((await service.server.post('/verify', { key: key.key })).body.code).toBe('NOT_FOUND')
    const event = { id: 'e-2', at: new Date().toISOString(), keyId: key.id, status: 200 }
    expect((await service.server.post('/usage/events', { events: [event] })).body.errors).toEqual([
      { field: 'events[0].keyId', message: 'there is no such key', code: 'invalid_format' },
    ])
    const signIn = { email: `${PLANTED}@example.com`, password }
    expect((await createClient(service.url).post('/session', signIn)).status).toBe(401)
    const again = await operator.post('/accounts', { name: 'Again', externalId: `${PLANTED}-1` })
    expect(again.status).toBe(201)
    // What an invoice needs: what was counted, and what is counted once the parked job is retried.
    const invoice = async () => {
      const days = (await service.cli('account', 'erased-usage', id)) as unknown as { units: number }[]
      return days.reduce((sum, { units }) => sum + units, 0)
    }
    expect(await invoice()).toBe(3)
    await parked.retry()
    await eventually(invoice, (units) => units === 7)
    await parked.close()
    const { requests } = (await other.get(`/api-keys/${otherKey.id}/usage`)).body.windows['24h']
    expect(requests).toBe(1)
    expect(await tablesWith(`${PLANTED}-parked`)).toEqual([])
    expect(await redisKeysWith(`${PLANTED}-parked`)).toEqual([])
  })

  it('promise 13: its keys are refused once the call has answered', async () => {
    for (let trial = 0; trial < 20; trial++) {
      const account = await service.account('pro')
      expect((await service.server.post('/verify', { key: account.adminKey })).body.code).toBe('VALID')
      expect((await operator.delete(`/accounts/${account.accountId}`)).status).toBe(202)
      expect((await service.server.post('/verify', { key: account.adminKey })).body.code).toBe('NOT_FOUND')
    }
  })

  it('takes persons with it who are a member nowhere else, and leaves the others', async () => {
    const [one, other] = [await service.account('pro'), await service.account('pro')]
    const [shared, alone] = ['shared@example.com', 'alone@example.com']
    for (const [client, email] of [
      [one, shared],
      [other, shared],
      [one, alone],
    ] as const)
      expect((await client.post('/members', { email, role: 'admin', password })).status).toBe(201)
    await runSql(
      service.databaseUrl,
      `insert into person (id, email, password_hash, created_at)
         values ('person_1', '${shared}', 'x', now()), ('person_2', '${alone}', 'x', now());
       update member set person_id = 'person_1' where email = '${shared}';
       update member set person_id = 'person_2' where email = '${alone}'`,
    )
    await erase(one.accountId)
    expect(await tablesWith(alone)).toEqual([])
    const [people = []] = await runSql(service.databaseUrl, 'select email from person order by 1')
    expect(people).toEqual([{ email: shared }])
    const members = (await other.get('/members')).body.members.map(({ email }: { email: string }) => email)
    expect(members).toEqual([shared])
  })

  it('by bin/keys', async () => {
    const { accountId } = await service.account('pro')
    expect(await service.cli('account', 'erase', accountId)).toMatchObject({ accountId })
    expect((await operator.get(`/accounts/${accountId}`)).status).toBe(404)
  })
})
