import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { queueName, RedisNames } from '../../src/platform/redisNames.ts'
import { METERING_OPTIONS } from '../../src/platform/retryOptions.ts'
import { runSql } from '../setup/runSql.ts'
import { freshRedis } from '../setup/services.ts'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { openedLink } from '../support/guests.ts'
import { type Service, startService, type TestRedis } from '../support/startService.ts'
import { placesOf, readStore, readTables } from '../support/storedTexts.ts'

/** In each text that an account can hold. */
const PLANTED = 'plantedzebra'
/** The addresses: of a verification in either region, of an event, of parked usage, and of who may use a key. */
const ADDRESSES = ['192.0.2.77', '192.0.2.99', '192.0.2.66', '192.0.2.88', '192.0.2.0/24']
const password = 'correct horse battery'

/** Tables that have such a text. */
const HOLDERS = [
  ...['account', 'alert_rule', 'api_key', 'audit_entry', 'channel', 'command', 'endpoint', 'guest_session'],
  ...['imported_form', 'member', 'notification', 'password_reset', 'session_link'],
]
/** Tables that keep the account's ID: see "A customer leaves" in docs/integrate.md. */
const KEPT = [
  ...['command', 'erased_usage', 'erasure', 'journal', 'lifecycle_event', 'lifecycle_event_account'],
  'operator_audit_entry',
]
/** The table and the Redis key that keep the IDs of what has ended, so that no restored backup brings it back. */
const ENDED = ['journal', new RedisNames(false).journal]

let eu: TestRedis
let service: Service
/** Verifies in the further region. */
let inEu: Client
let operator: Client
/** The Redis of each region. */
let primary: Redis
let further: Redis
beforeAll(async () => {
  eu = await freshRedis()
  const env = {
    // Nothing listens there: messages stay, and are tried again.
    ...{ WEBHOOK_ALLOW_PRIVATE: 'true', SMTP_URL: 'smtp://127.0.0.1:9' },
    ...{ REGIONS: `eu=${eu.url}`, COMMAND_WAIT_MS: '60000' },
  }
  service = await startService({ env })
  inEu = createClient((await service.startApi({ REGION: 'eu' })).url, service.serviceToken)
  operator = createClient(service.url, await service.operatorToken())
  primary = new Redis(service.redis.url)
  further = new Redis(eu.url)
})
afterAll(async () => {
  for (const store of [primary, further]) store.disconnect()
  await service.stop()
  await eu.stop()
})

const inTables = () => readTables(service.databaseUrl)
/** In the Redis of either region. */
const inStores = async () => (await Promise.all([primary, further].map(readStore))).flat()
const everywhere = async () => [...(await inTables()), ...(await inStores())]

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
  const test = await admin.createKey({ name: `${PLANTED} test`, type: 'test' })
  for (const { id: keyId, ...request } of [
    { ...key, ip: '192.0.2.99', units: 2 },
    { ...test, ip: '192.0.2.99', units: 1 },
  ]) {
    const facts = { permission: 'renders:write', endpoint: `/${PLANTED}/eu`, method: 'POST' }
    const once = { headers: { 'Idempotency-Key': `${PLANTED}-${keyId}` } }
    const { body } = await inEu.post(
      '/verify',
      { key: request.key, ip: request.ip, units: request.units, ...facts },
      once,
    )
    expect(body.code).toBe('VALID')
  }
  const event = { id: `${PLANTED}-event`, keyId: key.id, at: new Date().toISOString(), status: 200 }
  const reported = await service.server.post('/usage/events', {
    events: [{ ...event, endpoint: `/${PLANTED}/b`, ip: '192.0.2.66' }],
  })
  expect(reported.status).toBe(202)
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
  for (const [of, times] of [
    [key, 3],
    [test, 1],
  ] as const)
    await eventually(
      async () => (await admin.get(`/api-keys/${of.id}/usage`)).body.windows['24h'],
      ({ requests }) => requests === times,
    )
  return { id, admin, key, keyIds: [key.id, test.id, gone.id, created.body.adminKey.id as string] }
}

type Key = { id: string; accountId: string }

/**
 * A metering job of a region with usage of two accounts that Postgres refuses, because of the first one's; it is
 * parked.
 */
async function park(region: 'primary' | 'eu', one: Key, other: Key) {
  const [url, store] = region === 'primary' ? [service.redis.url, primary] : [eu.url, further]
  const name = queueName('metering', region)
  const queue = new Queue(name, { connection: { url } })
  const event = (key: Key, keyId: string, id: string) =>
    toRow({
      ...{ id: `\0${name}-${id}`, keyId, accountId: key.accountId, at: Date.now(), status: 200, units: 4 },
      ...{ ip: key === one ? '192.0.2.88' : '127.0.0.1', endpoint: `/${id}`, method: 'GET' },
    })
  const events = [event(one, `${one.id}\0`, `${PLANTED}-parked`), event(other, other.id, 'of-the-other')]
  const options = { ...JSON.parse(METERING_OPTIONS), delay: 3_600_000 }
  const job = await queue.add('roll-up-events', { events }, options)
  await store.hset(queue.toKey(job.id ?? ''), 'atm', 19)
  await job.promote()
  await eventually(
    () => job.getState(),
    (state) => state === 'failed',
  )
  return { retry: () => job.retry(), close: () => queue.close() }
}

describe('an account that is erased', () => {
  it('leaves nothing of what it held in any table or Redis key; its ID is unknown and its external ID free', async () => {
    const { id, admin, key, keyIds } = await plant()
    const other = await service.account('pro')
    const otherKey = await other.createKey()
    const of = [
      { id: key.id, accountId: id },
      { id: otherKey.id, accountId: other.accountId },
    ] as const
    const parked = [await park('primary', ...of), await park('eu', ...of)]
    expect(placesOf(PLANTED, await inTables())).toEqual(expect.arrayContaining(HOLDERS))
    expect(placesOf(PLANTED, await inStores())).not.toEqual([])
    const before = await everywhere()
    for (const text of [...ADDRESSES, ...keyIds]) expect(placesOf(text, before), text).not.toEqual([])
    const unknown = await operator.get('/accounts/acct_none')
    await erase(id)
    // Its budgets of calls name it until they are whole again, about a second after its last call.
    await eventually(
      () => primary.keys('keys:calls:*'),
      (names) => names.length === 0,
    )
    const after = await everywhere()
    for (const text of [PLANTED, ...ADDRESSES]) expect([text, placesOf(text, after)]).toEqual([text, []])
    for (const text of keyIds)
      expect([text, placesOf(text, after).filter((name) => !ENDED.includes(name))]).toEqual([text, []])
    // Messages are in the outbox for some seconds.
    const tables = await eventually(
      async () => placesOf(id, await inTables()),
      (names) => !names.includes('outbox'),
    )
    expect(tables).toEqual(KEPT)
    // Jobs that are done have the account's ID.
    const names = placesOf(id, await inStores())
    expect(names.filter((name) => !name.startsWith('bull:') && !ENDED.includes(name))).toEqual([])
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
    // What an invoice needs: what was counted, and what is counted once the parked jobs are retried.
    const invoice = async () => {
      const days = (await service.cli('account', 'erased-usage', id)) as unknown as { units: number }[]
      return days.reduce((sum, { units }) => sum + units, 0)
    }
    expect(await invoice()).toBe(6)
    for (const job of parked) await job.retry()
    await eventually(invoice, (units) => units === 14)
    for (const job of parked) await job.close()
    const { requests } = (await other.get(`/api-keys/${otherKey.id}/usage`)).body.windows['24h']
    expect(requests).toBe(2)
    expect(placesOf(`${PLANTED}-parked`, await everywhere())).toEqual([])
  })

  it('promise 13: its keys are refused once the call has answered', async () => {
    for (let trial = 0; trial < 20; trial++) {
      const account = await service.account('pro')
      const ask = async () => {
        const answers = [service.server, inEu].map((one) => one.post('/verify', { key: account.adminKey }))
        return (await Promise.all(answers)).map(({ body }) => body.code)
      }
      expect(await ask()).toEqual(['VALID', 'VALID'])
      expect((await operator.delete(`/accounts/${account.accountId}`)).status).toBe(202)
      expect(await ask()).toEqual(['NOT_FOUND', 'NOT_FOUND'])
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
    expect(placesOf(alone, await inTables())).toEqual([])
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
