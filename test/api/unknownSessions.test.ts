import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomBase62 } from '../../src/domain/base62.ts'
import { UNKNOWN_PER_MINUTE } from '../../src/verifier/UnknownLimit.ts'
import { openSql } from '../setup/runSql.ts'
import { type Answer, createClient } from '../support/client.ts'
import { browserOf, linkTo, openedLink, slugOf, tokenOf } from '../support/guests.ts'
import { shiftedEnv } from '../support/shiftedEnv.ts'
import { type Service, startService } from '../support/startService.ts'

const email = 'ada@example.com'
const password = 'correct horse battery'
/** Fewer than the attempts to sign in that a network has, each of which an invitation takes for a while. */
const AT_ONCE = 25

let service: Service
let account: Awaited<ReturnType<Service['account']>>
let operator: ReturnType<typeof createClient>
beforeAll(async () => {
  service = await startService()
  account = await service.account()
  operator = createClient(service.url, await service.operatorToken())
  await account.post('/members', { email, password, role: 'admin' })
})
afterAll(() => service.stop())

/** An api of its own, whose minute has just begun: what is counted by the minute is counted in this one. */
let url: string
let locked: Awaited<ReturnType<typeof openSql>>
beforeEach(async () => {
  const api = await service.startApi(shiftedEnv(60_000 - (Date.now() % 60_000)))
  url = api.url
  locked = await openSql(service.databaseUrl)
})
afterEach(() => locked.end())

/** What holds sessions and links: no query of them returns while a test has these locked. */
const lockTables = () =>
  locked.run(
    `begin; lock table session, guest_session, invitation, password_reset, session_link, channel
     in access exclusive mode`,
  )
const unlockTables = () => locked.run('commit')

type Ask = (value: string, ip: string) => Promise<Answer>

const unknownCookie = () => randomBytes(32).toString('base64url')
const unknownToken = () => randomBase62(40)
const from = (ip: string, cookie?: string) => ({
  headers: { 'X-Forwarded-For': ip, ...(cookie === undefined ? {} : { Cookie: `keys_session=${cookie}` }) },
})
const anyone = () => createClient(url)

/** Everything that looks a session up. */
const bySession: Record<string, Ask> = {
  'GET /session': (cookie, ip) => anyone().get('/session', from(ip, cookie)),
  'GET /api-keys': (cookie, ip) => anyone().get('/api-keys', from(ip, cookie)),
  'POST /api-keys': (cookie, ip) => anyone().post('/api-keys', { name: 'A', type: 'test' }, from(ip, cookie)),
  'PATCH /session': (cookie, ip) =>
    anyone().patch('/session', { currentPassword: password, password }, from(ip, cookie)),
  'DELETE /session': (cookie, ip) => anyone().delete('/session', from(ip, cookie)),
}

/** Everything that looks the token of a link up. */
const byLink: Record<string, Ask> = {
  'POST /invitations/read': (token, ip) => anyone().post('/invitations/read', { token }, from(ip)),
  'POST /invitations/accept': (token, ip) =>
    anyone().post('/invitations/accept', { token, password }, from(ip)),
  'POST /session-links/open': (token, ip) => anyone().post('/session-links/open', { token }, from(ip)),
  'POST /password-resets/complete': (token, ip) =>
    anyone().post('/password-resets/complete', { token, password }, from(ip)),
  'POST /channel-confirmation': (token, ip) =>
    anyone().post(`/channel-confirmation?token=${token}`, undefined, from(ip)),
}

/** Uses a network's budget up: as many unknown values as it may present, the same number by each way. */
async function useUp(asks: Record<string, Ask>, unknown: () => string, ip: string) {
  const statuses: Record<string, Set<number>> = {}
  const ways = Object.entries(asks)
  for (let sent = 0; sent < UNKNOWN_PER_MINUTE; sent += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, n) => {
        const [name, ask] = ways[n % ways.length]!
        const { status } = await ask(unknown(), ip)
        statuses[name] = (statuses[name] ?? new Set()).add(status)
      }),
    )
  return Object.fromEntries(Object.entries(statuses).map(([name, all]) => [name, [...all]]))
}

const each = async (asks: Record<string, Ask>, value: () => string, ip: string) => {
  const answers = Object.entries(asks).map(async ([name, ask]) => [name, await ask(value(), ip)] as const)
  return Object.fromEntries(await Promise.all(answers))
}
const statusesOf = (answers: Record<string, Answer>) =>
  Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]))

/** Without a query: they are answered while none can be. */
async function expectRefused(asks: Record<string, Ask>, value: () => string, ip: string) {
  await lockTables()
  const refused = await each(asks, value, ip)
  await unlockTables()
  for (const [name, { status, headers, body }] of Object.entries(refused)) {
    expect([name, status, headers.get('retry-after'), body.retryAfter]).toEqual([name, 429, '60', 60])
    expect(body.type).toMatch(/rate-limit-exceeded$/)
  }
}

describe('promise 12: callers without a valid secret use up what is their network’s', () => {
  it('by unknown sessions; a session that is known works, until it ends', async () => {
    const [mine, other] = ['198.51.100.1', '198.51.100.2']
    const signIn = async (at: string) => {
      const { headers } = await createClient(at).post('/session', { email, password })
      return browserOf(headers).Cookie?.split('=')[1] ?? ''
    }
    const [known, elsewhere] = [await signIn(url), await signIn(service.url)]
    const guest = await openedLink(createClient(url, operator.secret), account.accountId, { role: 'viewer' })
    const ofGuest = guest.headers.Cookie?.split('=')[1] ?? ''
    const without = Object.fromEntries(Object.keys(bySession).map((name) => [name, [401]]))
    expect(await useUp(bySession, unknownCookie, mine)).toEqual({ ...without, 'DELETE /session': [204] })
    await expectRefused(bySession, unknownCookie, mine)

    expect(await each(bySession, unknownCookie, other).then(statusesOf)).toMatchObject({
      'GET /session': 401,
      'DELETE /session': 204,
    })
    const session = (cookie: string, ip: string) => anyone().get('/session', from(ip, cookie))
    for (const cookie of [known, ofGuest]) expect((await session(cookie, mine)).status).toBe(200)
    // This process has not seen it yet.
    expect((await session(elsewhere, mine)).status).toBe(429)
    expect((await session(elsewhere, other)).status).toBe(200)
    expect((await session(elsewhere, mine)).status).toBe(200)

    expect((await anyone().delete('/session', from(mine, known))).status).toBe(204)
    expect((await session(known, other)).status).toBe(401)
    // Ended by another process.
    await createClient(service.url).delete('/session', from(other, elsewhere))
    expect((await session(elsewhere, mine)).status).toBe(401)
    await expectRefused(bySession, () => elsewhere, mine)
  })

  it('by unknown links; a link that is valid waits for the next minute, and is not used up', async () => {
    const [mine, other] = ['198.51.100.3', '198.51.100.4']
    const unknown = {
      'POST /invitations/read': 404,
      'POST /invitations/accept': 404,
      'POST /session-links/open': 404,
      'POST /password-resets/complete': 404,
      'POST /channel-confirmation': 410,
    }
    const expected = Object.fromEntries(Object.entries(unknown).map(([name, status]) => [name, [status]]))
    expect(await useUp(byLink, unknownToken, mine)).toEqual(expected)
    await expectRefused(byLink, unknownToken, mine)
    expect(await each(byLink, unknownToken, other).then(statusesOf)).toEqual(unknown)

    const open = byLink['POST /session-links/open']!
    const token = tokenOf(await linkTo(operator, account.accountId, { expiresInSeconds: 600 }))
    expect((await open(token, mine)).status).toBe(429)
    expect((await open(token, other)).status).toBe(201)
    expect(slugOf(await open(token, other))).toBe('404 session-link-not-found')
  })

  it('by a link that stays valid when it is looked at', async () => {
    const ip = '198.51.100.5'
    const made = await service.cli('member', 'invite-link', account.accountId, '--email', 'bo@example.com')
    const token = made.url?.split('#')[1] ?? ''
    const read = { 'POST /invitations/read': byLink['POST /invitations/read']! }
    let presented = 0
    const now = await useUp(read, () => (++presented % 40 === 0 ? token : unknownToken()), ip)
    expect(now['POST /invitations/read']?.sort()).toEqual([200, 404])
    await expectRefused(read, () => token, ip)
  })
})

it('promise 12: what cannot be a session or a link is refused without a query', async () => {
  const ip = '198.51.100.6'
  await lockTables()
  for (const cookie of ['short', `${unknownCookie()}A`, `${'a'.repeat(42)}.`]) {
    const { 'DELETE /session': signOut, ...others } = bySession
    expect((await signOut?.(cookie, ip))?.status).toBe(204)
    for (const { status } of Object.values(await each(others, () => cookie, ip))) expect(status).toBe(401)
  }
  const { 'POST /channel-confirmation': confirm, ...others } = byLink
  for (const token of ['short', `${unknownToken()}0`, `${'a'.repeat(39)}-`]) {
    expect((await confirm?.(token, ip))?.status).toBe(400)
    for (const { status } of Object.values(await each(others, () => token, ip))) expect(status).toBe(404)
  }
  expect((await anyone().post('/channel-confirmation', undefined, from(ip))).status).toBe(410)
  await unlockTables()
})

it('the routes that look up a session or a link declare that they may refuse so', async () => {
  const { paths } = (await createClient(service.url).get('/openapi.json')).body
  for (const name of Object.keys({ ...bySession, ...byLink })) {
    const [method = '', path = ''] = name.split(' ')
    expect(paths[path][method.toLowerCase()].responses, name).toHaveProperty('429')
  }
})
