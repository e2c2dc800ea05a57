import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSecret } from '../../src/domain/keys/keyFormat.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { RedisNames } from '../../src/platform/redisNames.ts'
import { UNKNOWN_PER_MINUTE } from '../../src/verifier/UnknownLimit.ts'
import { runSql } from '../setup/runSql.ts'
import { type Client, createClient } from '../support/client.ts'
import { type Service, startService } from '../support/startService.ts'

/** Calls of an account a minute; half of them a key's, of which it has this many at once. */
const PER_MINUTE = 120
const AT_ONCE = 50

let service: Service
type Keyed = Client & { key: string }
let one: Keyed
let other: Keyed
beforeAll(async () => {
  service = await startService({ apis: 2, env: { CALLS_PER_MINUTE: String(PER_MINUTE) } })
  one = await account()
  other = await account()
})
afterAll(() => service.stop())

async function account() {
  const { adminKey } = await service.cli('account', 'create', '--name', 'Acme', '--plan', 'business')
  return { ...createClient(service.url, adminKey), key: String(adminKey) }
}

async function statuses(calls: Promise<{ status: number }>[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {}
  for (const { status } of await Promise.all(calls)) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Refusals of keys that the first api has delayed. */
async function delayedRefusals(): Promise<number> {
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  const { body } = await createClient(service.url).get('/metrics', { headers })
  return Number(/^keys_delayed_refusals_total{of="key"} (\d+)$/m.exec(body)?.[1] ?? 0)
}

/** Waits for the next minute where this one is nearly over, so that what follows is in one minute. */
async function aMinuteAhead(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000)
  if (left < 20_000) await new Promise((resolve) => setTimeout(resolve, left + 50))
}

describe('promise 12: who asks too often slows down themselves alone', () => {
  it('a key, over all processes; not the account’s other keys, nor another account', async () => {
    const { body } = await one.post('/api-keys', { name: 'Second admin', type: 'live', access: 'admin' })
    const elsewhere = createClient(service.apis[1]?.url ?? '', one.key)
    const second = createClient(service.apis[1]?.url ?? '', body.key)
    const asked = await statuses([
      ...Array.from({ length: 100 }, () => one.get('/account')),
      ...Array.from({ length: 100 }, () => elsewhere.get('/api-keys')),
    ])
    // The create was the first of them.
    expect(asked[200]).toBeGreaterThanOrEqual(AT_ONCE - 5)
    expect(asked[429]).toBeGreaterThan(0)
    // Used up, as a refused call takes nothing.
    const [refused] = (await Promise.all(Array.from({ length: 50 }, () => one.get('/account')))).filter(
      ({ status }) => status === 429,
    )
    expect(refused?.body).toMatchObject({ type: expect.stringMatching(/rate-limit-exceeded$/) })
    expect(refused?.headers.get('retry-after')).toBe(String(refused?.body.retryAfter))
    expect(await statuses(Array.from({ length: 5 }, () => second.get('/account')))).toEqual({ 200: 5 })
    expect((await other.get('/account')).status).toBe(200)
    // Whoever uses up the calls of a key does not keep it from being ended.
    expect((await one.post(`/api-keys/${body.id}/revoke`)).status).toBe(200)
  })

  it('a call that costs more counts as more, and a member’s own session counts, too', async () => {
    const third = await account()
    const rule = { name: 'R', metric: 'requests', threshold: 1, window: '5m', channelIds: [] }
    // Each counts as 5 of the 50 that a key has at once, and one comes back in 5 s.
    const asked = await statuses(Array.from({ length: 14 }, () => third.post('/alerts/preview', rule)))
    expect(asked[200]).toBeGreaterThanOrEqual(10)
    expect(asked[429]).toBeGreaterThan(0)
    const person = { email: 'ann@limits.example', password: 'correct horse battery' }
    const login = ['--email', person.email, '--password', person.password]
    await service.cli('account', 'create', '--name', 'Person', '--plan', 'business', ...login)
    const signedIn = await createClient(service.url).post('/session', person)
    const cookie = signedIn.headers.getSetCookie().find((line) => line.startsWith('keys_session='))
    const session = { headers: { Cookie: cookie?.split(';')[0] ?? '' } }
    const own = Array.from({ length: 60 }, () => createClient(service.url).get('/session', session))
    const answers = await statuses(own)
    expect(answers[200]).toBeGreaterThanOrEqual(AT_ONCE)
    expect(answers[429]).toBeGreaterThan(0)
  })

  it('an account has an hour’s worth of changes a day; it still reads and revokes when they are used up', async () => {
    const third = await account()
    const { id: accountId } = (await third.get('/account')).body
    const create = () => third.post('/api-keys', { name: 'Server', type: 'live' })
    const { body } = await create()
    const redis = new Redis(service.redis.url)
    const name = new RedisNames(false).calls('changes', accountId)
    // A change counts as 5 of 7,200 calls a day: what it took comes back in a minute.
    const left = Number(await redis.get(name)) - Date.now()
    expect(left).toBeGreaterThan(30_000)
    expect(left).toBeLessThanOrEqual(60_000)
    await redis.set(name, Date.now() + DAY_MS - 30_000)
    const refused = await create()
    expect(refused.status).toBe(429)
    expect(refused.body.detail).toMatch(/7200 a day for an account/)
    expect(refused.body.retryAfter).toBeGreaterThan(20)
    expect((await third.get('/account')).status).toBe(200)
    expect((await third.post(`/api-keys/${body.id}/revoke`)).status).toBe(200)
    // A refused call takes nothing: once a change has been earned, the next one passes.
    await redis.set(name, Date.now() + DAY_MS - 61_000)
    expect((await create()).status).toBe(201)
    await redis.quit()
  })

  it('an import counts by its keys, afterwards: the next one waits, and so does a stream, but no other call', async () => {
    const fourth = await account()
    const importKeys = () =>
      fetch(`${service.url}/api-keys/import`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${fourth.key}`, 'Content-Type': 'application/x-ndjson' },
        body: Array.from({ length: 1_000 }, () =>
          JSON.stringify({ hash: randomBytes(32).toString('hex'), name: 'I' }),
        ).join('\n'),
      })
    expect((await importKeys()).status).toBeLessThan(300)
    // 200 calls, of which 60 come back in a minute; a key may run 50 ahead.
    const again = await importKeys()
    expect(again.status).toBe(429)
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(100)
    expect((await fourth.get('/account/export')).status).toBe(429)
    expect((await fourth.get('/account')).status).toBe(200)
  })

  it('a stream counts by its size, afterwards', async () => {
    const fifth = await account()
    const { id: accountId } = (await fifth.get('/account')).body
    await runSql(
      service.databaseUrl,
      `insert into audit_entry (account_id, at, actor, action, target_id)
       select '${accountId}', now(), '{"type": "system", "id": "test"}', 'api-key.created', 'key_1'
       from generate_series(1, 20000)`,
    )
    const exported = await fetch(`${service.url}/account/export`, {
      headers: { Authorization: `Bearer ${fifth.key}` },
    })
    expect((await exported.text()).length).toBeGreaterThan(1_000_000)
    expect((await fifth.get('/account/export')).status).toBe(429)
    expect((await fifth.get('/account')).status).toBe(200)
  })

  it('a key that is refused without end gets its further refusals later; the server that asks about it does not', async () => {
    const sixth = await service.account('free')
    const ask = () =>
      fetch(`${service.url}/forward-auth`, { headers: { Authorization: `Bearer ${sixth.adminKey}` } })
    const asked = await statuses(Array.from({ length: 250 }, ask))
    expect(Object.keys(asked)).toEqual(['200', '429'])
    const delayed = await delayedRefusals()
    expect(delayed).toBeGreaterThan(0)
    const verify = () => service.server.post('/verify', { key: sixth.adminKey })
    const verified = await Promise.all(Array.from({ length: 100 }, verify))
    expect(verified.some(({ body }) => body.code === 'RATE_LIMITED')).toBe(true)
    expect(await delayedRefusals()).toBe(delayed)
  })

  it('an address that presents unknown keys is refused without a look-up; known keys are not', async () => {
    await aMinuteAhead()
    const unknown = () => generateSecret('pk', 'live').value
    const ask = (key: string) =>
      fetch(`${service.url}/forward-auth`, { headers: { Authorization: `Bearer ${key}` } })
    expect((await ask(other.key)).status).toBe(200)
    const asked = await statuses(Array.from({ length: UNKNOWN_PER_MINUTE }, () => ask(unknown())))
    expect(asked).toEqual({ 401: UNKNOWN_PER_MINUTE })
    const refused = await ask(unknown())
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('60')
    expect((await ask(other.key)).status).toBe(200)
    const body = { key: unknown(), ip: '127.0.0.1' }
    expect((await service.server.post('/verify', body)).body).toEqual({
      valid: false,
      code: 'RATE_LIMITED',
      requestId: expect.any(String),
      retryAfter: 60,
    })
    expect((await service.server.post('/verify', { key: unknown() })).body.code).toBe('NOT_FOUND')
    // A server that is bound to accounts may name any address: it does not use up what others have.
    const operator = createClient(service.url, await service.operatorToken())
    const bound = { name: 'Bound', accountIds: [(await service.account()).accountId] }
    const { token } = (await operator.post('/service-tokens', bound)).body
    expect((await createClient(service.url, token).post('/verify', body)).body.code).toBe('NOT_FOUND')
  })
})
