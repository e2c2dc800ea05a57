import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HAS_EMAIL } from '../../src/domain/accounts/accountStore.ts'
import { runSql } from '../setup/runSql.ts'
import { freshRedis } from '../setup/services.ts'
import { awayFromQuarter } from '../support/awayFromMidnight.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

const password = 'correct horse battery'
let service: Service
let account: Awaited<ReturnType<Service['account']>>
let redis: Redis
let eu: Awaited<ReturnType<typeof freshRedis>>
beforeAll(async () => {
  eu = await freshRedis()
  service = await startService({ env: { REGIONS: `eu=${eu.url}` } })
  account = await service.account()
  redis = new Redis(service.redis.url)
})
afterAll(async () => {
  redis.disconnect()
  await service.stop()
  await eu.stop()
})

let members = 0
async function addMember(): Promise<{ id: string; email: string }> {
  const email = `member-${++members}@example.com`
  return (await account.post('/members', { email, role: 'viewer', password })).body
}

type From = { ip?: string; cookie?: string; url?: string }

/** One attempt, as it comes through a proxy from this address. */
function signIn(
  email: string,
  secret: string,
  { ip = '198.51.100.1', cookie = '', url = service.url }: From = {},
) {
  const headers = { 'X-Forwarded-For': ip, Cookie: cookie }
  return createClient(url).post('/session', { email, password: secret }, { headers })
}
const guess = async (email: string, from?: From) => (await signIn(email, 'a wrong one', from)).status
const enter = async (email: string, from?: From) => (await signIn(email, password, from)).status
const times = <Value>(count: number, what: (n: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, n) => what(n)))
const deviceOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith('keys_device='))
    ?.split(';')[0] ?? ''

/** As if as many attempts had failed as this budget has, or this many, without the work. */
async function useUp(part: string, failed = 1_000): Promise<void> {
  const names = await redis.keys(`keys:{attempts}:*:${part}*`)
  expect(names.length, part).toBeGreaterThan(0)
  for (const name of names) await redis.set(name, failed, 'KEEPTTL')
}

const auditOf = async (memberId: string) =>
  (await account.get(`/audit-log?targetId=${memberId}&limit=100`)).body.entries as {
    action: string
    actor: { type: string; id: string; ip?: string }
    details: Record<string, unknown>
  }[]

const refusalsOf = async (memberId: string) =>
  (await auditOf(memberId)).filter(({ action }) => action === 'session.refused')
const quarterOfAnHour = () => Math.floor(Date.now() / 900_000)

describe('passwords are guessed a few times only', () => {
  it('attempts at the same time cannot exceed the limit, and right ones do not count', async () => {
    await awayFromQuarter()
    const { id, email } = await addMember()
    for (let time = 0; time < 12; time++) expect(await enter(email)).toBe(201)
    const guesses = await times(40, () => guess(email))
    const wrong = guesses.filter((status) => status === 401).length
    // Twice ten if the quarter of an hour turned on the way all the same.
    expect([10, 20]).toContain(Math.round(wrong / 10) * 10)
    expect(guesses.filter((status) => status === 429).length).toBe(40 - wrong)
    const refused = await signIn(email, password)
    expect(refused.status).toBe(429)
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait > 0 && wait <= 900).toBe(true)
    const blocked = await eventually(
      () => refusalsOf(id),
      (entries) => entries.length >= Math.round(wrong / 10),
    )
    expect(blocked.length).toBe(Math.round(wrong / 10))
    expect(blocked[0]).toMatchObject({
      actor: { type: 'system', ip: '198.51.100.1' },
      details: { from: 'network' },
    })
  }, 240_000)

  it('a stranger uses up their own attempts, not the member’s', async () => {
    const { email } = await addMember()
    await guess(email, { ip: '203.0.113.1' })
    await useUp('email-network:')
    expect(await enter(email, { ip: '203.0.113.1' })).toBe(429)
    expect(await enter(email, { ip: '203.0.113.2' })).toBe(201)
  })

  it('many strangers block new devices, but none on which the member signed in before', async () => {
    const { email } = await addMember()
    const device = deviceOf((await signIn(email, password)).headers)
    expect(device).toMatch(/^keys_device=[\w-]+\.[\w-]+\.[\w-]+$/)
    await guess(email, { ip: '203.0.113.3' })
    await useUp('email:')
    await useUp('network:203.0.113.3')
    expect(await enter(email, { ip: '203.0.113.4' })).toBe(429)
    expect(await enter(email, { ip: '203.0.113.3', cookie: device })).toBe(201)
    // The cookie of one address is none for another, and a forged one is none at all.
    const other = await addMember()
    expect(await guess(other.email, { ip: '203.0.113.3', cookie: device })).toBe(429)
    const forged = `${device.slice(0, -1)}${device.endsWith('A') ? 'B' : 'A'}`
    expect(await enter(email, { ip: '203.0.113.4', cookie: forged })).toBe(429)
    // Nor is it any number of attempts.
    const guesses = await times(25, () => guess(email, { cookie: device }))
    expect(guesses.filter((status) => status === 401).length).toBeLessThanOrEqual(20)
    expect(guesses).toContain(429)
  })

  it('promise 12: strangers from many networks write one audit entry per member and quarter of an hour', async () => {
    const since = quarterOfAnHour()
    const blockFrom = async (email: string, ip: string) => {
      await guess(email, { ip })
      await useUp('email-network:', 9)
      expect(await guess(email, { ip })).toBe(401)
    }
    const [member, later] = [await addMember(), await addMember()]
    for (let network = 60; network < 66; network++) await blockFrom(member.email, `203.0.113.${network}`)
    await blockFrom(later.email, '203.0.113.66')
    // What the strangers before wrote is there by then.
    await eventually(
      () => refusalsOf(later.id),
      (entries) => entries.length > 0,
    )
    const entries = await refusalsOf(member.id)
    expect(entries.length).toBeGreaterThan(0)
    expect(entries.length).toBeLessThanOrEqual(1 + quarterOfAnHour() - since)
  })

  it('an IPv6 network is one caller, whatever its addresses', async () => {
    const ask = (ip: string) => guess('nobody@example.com', { ip })
    expect(await ask('2001:db8:1:1::1')).toBe(401)
    await useUp('network:2001:db8:1:1::/64')
    expect(await ask('2001:db8:1:1:ffff::2')).toBe(429)
    expect(await ask('2001:db8:1:2::1')).toBe(401)
    await useUp('site:2001:db8:1::/48')
    expect(await ask('2001:db8:1:3::1')).toBe(429)
    expect(await ask('2001:db8:2::1')).toBe(401)
  })

  it('processes of another region count in the same place', async () => {
    const { email } = await addMember()
    const far = await service.startApi({ REGION: 'eu' })
    await guess(email, { ip: '203.0.113.9', url: far.url })
    await useUp('email-network:')
    expect(await enter(email, { ip: '203.0.113.9' })).toBe(429)
    await far.end()
  })

  it('what is counted is counted before the body is read, and the body is short', async () => {
    const send = (ip: string, body: string) =>
      fetch(`${service.url}/session`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': ip },
        body,
      }).then(({ status }) => status)
    expect(await send('203.0.113.20', '{')).toBe(400)
    expect(await send('203.0.113.20', `{"email":"${'x'.repeat(5_000)}"}`)).toBe(413)
    await useUp('network:203.0.113.20')
    expect(await send('203.0.113.20', '{')).toBe(429)
    expect(await send('203.0.113.20', 'x'.repeat(100_000))).toBe(429)
  })
})

describe('a flood of sign-ins', () => {
  it('is refused with 503 past a few that wait; keys are verified meanwhile, and members get in afterwards', async () => {
    const { key } = await account.createKey()
    const { email } = await addMember()
    const flood = times(120, (n) => guess(`nobody-${n}@example.com`, { ip: `192.0.2.${n}` }))
    const verified = await times(20, async () => (await service.server.post('/verify', { key })).body.valid)
    expect(verified).toEqual(Array(20).fill(true))
    const statuses = new Set(await flood)
    expect([...statuses].sort()).toEqual([401, 503])
    expect(await enter(email)).toBe(201)
  })
})

it('signing in and out is in the account’s audit log', async () => {
  const { id, email } = await addMember()
  const { headers } = await signIn(email, password, { ip: '203.0.113.40' })
  const cookie = headers.getSetCookie().find((one) => one.startsWith('keys_session=')) ?? ''
  const as = { headers: { Cookie: cookie.split(';')[0] ?? '', 'X-Forwarded-For': '203.0.113.41' } }
  for (const _ of [1, 2]) expect((await createClient(service.url).delete('/session', as)).status).toBe(204)
  const entries = (await auditOf(id)).filter(({ action }) => action.startsWith('session.'))
  expect(entries.map(({ action, actor }) => [action, actor.type, actor.id, actor.ip])).toEqual([
    ['session.ended', 'member', id, '203.0.113.41'],
    ['session.started', 'member', id, '203.0.113.40'],
  ])
})

it('the member is found by the index, whatever the case', async () => {
  const { email } = await addMember()
  expect(await enter(email.toUpperCase())).toBe(201)
  const sql = `select * from member where ${HAS_EMAIL.replace('?', `'${email}'`)}`
  const [, plan] = await runSql(service.databaseUrl, 'set enable_seqscan = off', `explain ${sql}`)
  expect(JSON.stringify(plan)).toContain('member_by_email')
})

it('a proxy that TRUSTED_PROXIES does not name is reported: once in the log, each time in the metrics', async () => {
  const api = await service.startApi({ TRUSTED_PROXIES: '10.0.0.0/8' })
  for (const _ of [1, 2]) await guess('nobody@example.com', { url: api.url })
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  const metrics = await (await fetch(`${api.url}/metrics`, { headers })).text()
  expect(metrics).toMatch(/^keys_forwarded_for_ignored_total 2$/m)
  expect(metrics).toMatch(/^keys_sign_ins_total{outcome="failed"} 2$/m)
  const warnings = service.output
    .join('')
    .split('\n')
    .filter((line) => line.includes('X-Forwarded-For is ignored'))
  expect(warnings.map((line) => JSON.parse(line).peer)).toEqual(['127.0.0.1'])
  await api.end()
})

it('promise 12: passwords that wait for one network keep nobody out who is on a device of theirs', async () => {
  const { email } = await addMember()
  const cookie = deviceOf((await signIn(email, password)).headers)
  const api = await service.startApi()
  const from = { ip: '203.0.113.77', url: api.url }
  const flood = Array.from({ length: 25 }, (_, n) => guess(`nobody-${n}@example.com`, from).catch(() => 0))
  expect(await Promise.race(flood)).toBe(429)
  expect(await enter(email, from)).toBe(429)
  expect(await enter(email, { ...from, cookie })).toBe(201)
  await api.end('SIGKILL')
  await Promise.all(flood)
})
