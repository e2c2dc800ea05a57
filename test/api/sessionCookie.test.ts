import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../src/domain/keys/keyFormat.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { type Service, startService } from '../support/startService.ts'

const PUBLIC_URL = 'https://keys.example.com'
const password = 'correct horse battery'
const who = { email: 'ada@example.com', password }

let service: Service
beforeAll(async () => {
  service = await startService({ env: { PUBLIC_URL } })
  const { adminKey = '' } = await service.cli('account', 'create', '--name', 'Acme', '--plan', 'pro')
  await createClient(service.url, adminKey).post('/members', { ...who, role: 'admin' })
})
afterAll(() => service.stop())

const anyone = (url = service.url) => createClient(url)
const countSessions = async () => {
  const [rows] = await runSql(service.databaseUrl, 'select count(*)::int as n from session')
  return Number(rows?.[0]?.n)
}
/** The session's cookie of an answer: the whole line, and what a browser sends back of it. */
function cookieOf(headers: Headers) {
  const line = headers.getSetCookie().find((cookie) => cookie.includes('keys_session')) ?? ''
  return { line, sent: { Cookie: line.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' } }
}
const attributesOf = (line: string) =>
  line
    .split('; ')
    .slice(1)
    .map((attribute) => attribute.toLowerCase())

describe('with PUBLIC_URL=https, behind a proxy that ends TLS', () => {
  it('a session begins, acts and ends by a __Host- cookie; each cookie has its row', async () => {
    const before = await countSessions()
    const signedIn = await anyone().post('/session', who)
    expect([signedIn.status, signedIn.body.member.email]).toEqual([201, who.email])
    const { line, sent } = cookieOf(signedIn.headers)
    expect(line).toMatch(/^__Host-keys_session=[\w-]{43};/)
    expect(attributesOf(line)).toEqual([
      'path=/',
      expect.stringMatching(/^expires=/),
      'samesite=strict',
      'secure',
      'httponly',
    ])
    expect(await countSessions()).toBe(before + 1)
    const created = await anyone().post('/api-keys', { name: 'A', type: 'test' }, { headers: sent })
    expect(created.status).toBe(201)

    const ended = await anyone().delete('/session', { headers: sent })
    const cleared = cookieOf(ended.headers).line
    expect(cleared).toMatch(/^__Host-keys_session=;/)
    expect(attributesOf(cleared)).toEqual([
      'path=/',
      'expires=thu, 01 jan 1970 00:00:00 gmt',
      'samesite=strict',
      'secure',
      'httponly',
    ])
    expect(await countSessions()).toBe(before)
    expect((await anyone().get('/session', { headers: sent })).status).toBe(401)
  })

  it('without a session there is no cookie, and without a cookie no session', async () => {
    const before = await countSessions()
    const wrong = await anyone().post('/session', { ...who, password: 'a wrong one' })
    expect([wrong.status, cookieOf(wrong.headers).line, await countSessions()]).toEqual([401, '', before])
  })

  it('the name of plain HTTP is no session here', async () => {
    const { sent } = cookieOf((await anyone().post('/session', who)).headers)
    const plain = { ...sent, Cookie: sent.Cookie.replace('__Host-', '') }
    expect((await anyone().get('/session', { headers: plain })).status).toBe(401)
  })

  it('a proxy may name itself as the host: what counts is where the page came from', async () => {
    const { sent } = cookieOf((await anyone().post('/session', who)).headers)
    const create = async (headers: Record<string, string>) => {
      const body = { name: 'A', type: 'test' }
      const as = { headers: { Cookie: sent.Cookie, ...headers } }
      return (await anyone().post('/api-keys', body, as)).status
    }
    // `Host` is 127.0.0.1 with a port here, as behind an nginx that does not pass it on.
    expect(await create({ Origin: PUBLIC_URL })).toBe(201)
    expect(await create({ 'Sec-Fetch-Site': 'same-origin', Origin: 'https://other.example.com' })).toBe(201)
    const foreign = ['http://keys.example.com', 'https://evil.example.com', 'null', service.url]
    for (const Origin of [...foreign, `${PUBLIC_URL}.evil.example`, `${PUBLIC_URL}:8443`])
      expect([Origin, await create({ Origin })]).toEqual([Origin, 403])
    for (const site of ['cross-site', 'same-site', 'none'])
      expect(await create({ 'Sec-Fetch-Site': site, Origin: PUBLIC_URL })).toBe(403)
  })

  it('/openapi.json names the cookie as it is', async () => {
    const { components } = (await anyone().get('/openapi.json')).body
    expect(components.securitySchemes.session.name).toBe('__Host-keys_session')
  })
})

describe('over plain HTTP', () => {
  let plain: Awaited<ReturnType<Service['startApi']>>
  beforeAll(async () => {
    plain = await service.startApi({ PUBLIC_URL: 'http://keys.example.com' })
  })

  it('the cookie has the plain name and is not Secure', async () => {
    const { line, sent } = cookieOf((await anyone(plain.url).post('/session', who)).headers)
    expect(line).toMatch(/^keys_session=/)
    expect(attributesOf(line)).not.toContain('secure')
    expect((await anyone(plain.url).get('/session', { headers: sent })).status).toBe(200)
    expect((await anyone(plain.url).delete('/session', { headers: sent })).status).toBe(204)
  })

  it('a session from an earlier release goes on', async () => {
    const value = 'as-it-was-'.padEnd(43, '0')
    await runSql(
      service.databaseUrl,
      `insert into session select '${digestOf(value)}', id, now(), now() + interval '1 hour'
       from member where email = '${who.email}'`,
    )
    const headers = { Cookie: `keys_session=${value}` }
    expect((await anyone(plain.url).get('/session', { headers })).status).toBe(200)
  })
})
