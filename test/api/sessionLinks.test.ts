import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql } from '../setup/runSql.ts'
import { type Client, createClient } from '../support/client.ts'
import { browserOf, linkTo, openedLink, slugOf, tokenOf, tokenWith } from '../support/guests.ts'
import { shiftedEnv } from '../support/shiftedEnv.ts'
import { type Service, startService } from '../support/startService.ts'

const RETURN_URL = 'https://app.example.com/settings'

let service: Service
let operator: Client
let anyone: Client
beforeAll(async () => {
  service = await startService({
    apis: 2,
    env: { RETURN_URLS: 'https://app.example.com', PUBLIC_URL: 'https://keys.example.com/' },
  })
  operator = createClient(service.url, await service.operatorToken())
  anyone = createClient(service.url)
})
afterAll(() => service.stop())

const open = (url: string, { headers = {}, replace = false, api = anyone } = {}) =>
  api.post('/session-links/open', { token: tokenOf(url), ...(replace ? { replace } : {}) }, { headers })
const rowsOf = async (sql: string) => (await runSql(service.databaseUrl, sql))[0] ?? []

describe('a session link', () => {
  it('signs a guest in to its account, with its role and its way back, and is stored as a digest', async () => {
    const account = await service.account()
    const before = Date.now()
    const fields = { role: 'editor', email: 'ada@example.com', returnUrl: RETURN_URL }
    const { created, opened, headers } = await openedLink(operator, account.accountId, fields)
    expect(created.status).toBe(201)
    expect(Object.keys(created.body)).toEqual(['url', 'expiresAt'])
    expect(created.body.url).toMatch(
      /^https:\/\/keys\.example\.com\/dashboard\/session-link#[0-9A-Za-z]{40}$/,
    )
    const lifeMs = Date.parse(created.body.expiresAt) - before
    expect(lifeMs).toBeGreaterThanOrEqual(60_000)

    expect(opened).toMatchObject({
      status: 201,
      body: {
        member: null,
        guest: { role: 'editor', email: 'ada@example.com', returnUrl: RETURN_URL },
        accountId: account.accountId,
        accounts: [{ accountId: account.accountId, role: 'editor' }],
        suspension: null,
      },
    })
    const [cookie = ''] = opened.headers.getSetCookie()
    expect(cookie).toMatch(
      /^__Host-keys_session=[\w-]{43}; path=\/; expires=.*; samesite=strict; secure; httponly$/i,
    )
    expect((await anyone.get('/session', { headers })).body).toEqual(opened.body)
    expect((await anyone.get('/account', { headers })).status).toBe(200)
    expect((await anyone.get('/api-keys', { headers })).status).toBe(403)

    const token = tokenOf(created.body.url)
    const stored = JSON.stringify([
      await rowsOf('select * from session_link'),
      await rowsOf('select * from guest_session'),
    ])
    expect(stored).not.toContain(token)
    expect(stored).not.toContain(headers.Cookie?.split('=')[1])
    expect(service.output.join('')).not.toContain(token)
  })

  it('works once: of browsers that open it at the same time on two apis, one is signed in', async () => {
    const { accountId } = await service.account()
    for (let round = 0; round < 10; round++) {
      const url = await linkTo(operator, accountId)
      const apis = service.apis.flatMap((api) => Array.from({ length: 4 }, () => createClient(api.url)))
      const answers = await Promise.all(apis.map((api) => open(url, { api })))
      expect(answers.map(slugOf).sort()).toEqual([
        '201 undefined',
        ...Array.from({ length: 7 }, () => '404 session-link-not-found'),
      ])
    }
  })

  it('that is used, expired or unknown says so and leads back; reading its page uses nothing up', async () => {
    const { accountId } = await service.account()
    const url = await linkTo(operator, accountId, { returnUrl: RETURN_URL })
    const page = await fetch(`${service.url}/dashboard/session-link`)
    await page.body?.cancel()
    expect((await anyone.get('/session-links/open')).status).toBe(405)
    expect((await open(url)).status).toBe(201)
    const again = await open(url)
    expect([slugOf(again), again.body.returnUrl]).toEqual(['404 session-link-not-found', RETURN_URL])
    expect(again.headers.getSetCookie()).toEqual([])
    expect(slugOf(await open(`https://x/#${'a'.repeat(40)}`))).toBe('404 session-link-not-found')
    expect(slugOf(await open('https://x/#short'))).toBe('404 session-link-not-found')
  })

  it('expires, and so does the session of a guest, by the clock', async () => {
    const { accountId } = await service.account()
    const { headers } = await openedLink(operator, accountId, { role: 'viewer' })
    const expiring = await linkTo(operator, accountId)
    const lasting = await linkTo(operator, accountId, { expiresInSeconds: 600 })
    const later = createClient((await service.startApi(shiftedEnv(2 * 60_000))).url)
    expect(slugOf(await open(expiring, { api: later }))).toBe('404 session-link-not-found')
    expect((await open(lasting, { api: later })).status).toBe(201)
    expect((await later.get('/session', { headers })).status).toBe(200)
    const muchLater = createClient((await service.startApi(shiftedEnv(4 * 3_600_000))).url)
    expect((await muchLater.get('/session', { headers })).status).toBe(401)
  })

  it('another site’s page cannot use, and one for another account asks before it signs anybody out', async () => {
    const [first, second] = [await service.account(), await service.account()]
    const url = await linkTo(operator, second.accountId)
    for (const headers of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'https://evil.example' }])
      expect(slugOf(await open(url, { headers }))).toBe('403 insufficient-permissions')
    const { headers } = await openedLink(operator, first.accountId, { role: 'admin', email: 'a@example.com' })
    const asked = await open(url, { headers })
    expect([slugOf(asked), asked.body.signedInAs]).toEqual(['409 already-signed-in', 'a@example.com'])
    expect((await anyone.get('/session', { headers })).body.accountId).toBe(first.accountId)

    const replaced = await open(url, { headers, replace: true })
    expect([replaced.status, replaced.body.accountId]).toEqual([201, second.accountId])
    expect((await anyone.get('/session', { headers })).status).toBe(401)
    const back = { headers: browserOf(replaced.headers) }
    // Of the same account: a guest who comes again is not asked.
    expect((await open(await linkTo(operator, second.accountId), back)).status).toBe(201)
  })

  it('asks before it signs a member out', async () => {
    const account = await service.account()
    const who = { email: 'member@example.com', password: 'correct horse battery' }
    await account.post('/members', { ...who, role: 'viewer' })
    const headers = browserOf((await anyone.post('/session', who)).headers)
    const url = await linkTo(operator, account.accountId)
    expect(slugOf(await open(url, { headers }))).toBe('409 already-signed-in')
    expect((await open(url, { headers, replace: true })).body.guest.role).toBe('admin')
    expect((await anyone.get('/session', { headers })).status).toBe(401)
  })

  it('is refused with the field that is wrong', async () => {
    const { accountId } = await service.account()
    const create = async (fields: object) => {
      const { status, body } = await operator.post(`/accounts/${accountId}/session-links`, fields)
      return [status, ...(body.errors ?? []).map((fault: { field: string }) => fault.field)]
    }
    const role = 'viewer'
    expect(await create({})).toEqual([400, 'role'])
    for (const given of ['owner', 'ADMIN', 'operator', ''])
      expect(await create({ role: given })).toEqual([400, 'role'])
    for (const email of ['', 'ada', 'ada@example.com\n', `${'a'.repeat(250)}@example.com`])
      expect(await create({ role, email })).toEqual([400, 'email'])
    for (const seconds of [0, -1, 601, 1.5, '60', null])
      expect(await create({ role, expiresInSeconds: seconds })).toEqual([400, 'expiresInSeconds'])
    for (const returnUrl of [
      'https://evil.example',
      'javascript:alert(1)',
      '//app.example.com',
      '',
      'x'.repeat(2_001),
    ])
      expect(await create({ role, returnUrl })).toEqual([400, 'returnUrl'])
    expect(await create({ role, more: 1 })).toEqual([400, 'more'])
    const none = await operator.post('/accounts/acct_none/session-links', { role })
    expect(slugOf(none)).toBe('404 account-not-found')
    const { client } = await tokenWith(operator, { permissions: ['accounts:write', 'act'] })
    expect(await client.post(`/accounts/${accountId}/session-links`, { role })).toMatchObject({
      status: 403,
      body: { requiredPermission: 'sessions:create' },
    })
  })

  it('an account has at most 100 that nobody has opened, however many ask at once', async () => {
    const { accountId } = await service.account()
    const other = await service.account()
    const token = await service.operatorToken()
    const apis = service.apis.map(({ url }) => createClient(url, token))
    const ask = (more: number) =>
      Promise.all(
        Array.from({ length: more }, (_, n) =>
          apis[n % 2]!.post(`/accounts/${accountId}/session-links`, { role: 'viewer' }),
        ),
      )
    // The last places are asked for by all connections of both at once.
    const answers = [...(await ask(96)), ...(await ask(40))]
    const refused = answers.filter(({ status }) => status === 429)
    expect([answers.length - refused.length, refused.length]).toEqual([100, 36])
    expect(refused[0]?.body.retryAfter).toBeLessThanOrEqual(60)
    expect((await open(answers.find(({ status }) => status === 201)?.body.url)).status).toBe(201)
    expect(await linkTo(operator, accountId)).toContain('#')
    expect(await linkTo(operator, other.accountId)).toContain('#')
  })
})

it('bin/keys creates a link', async () => {
  const { accountId } = await service.account()
  const command = ['session-link', 'create', accountId, '--role', 'admin']
  const { url = '' } = await service.cli(...command, '--email', 'ada@example.com', '--return-url', RETURN_URL)
  const opened = await open(url)
  expect(opened.body.guest).toMatchObject({ role: 'admin', email: 'ada@example.com', returnUrl: RETURN_URL })
  for (const [option, value] of [
    ['--expires-in', '601'],
    ['--return-url', 'https://evil.example'],
    ['--email', 'ada'],
  ] as const)
    await expect(service.cli(...command, option, value)).rejects.toThrow(
      option === '--email' ? value : option,
    )
})
