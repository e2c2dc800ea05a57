import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changesAccount, type RouteSpec } from '../../src/api/guard.ts'
import { routes } from '../../src/api/routes/all.ts'
import { digestOf } from '../../src/domain/keys/keyFormat.ts'
import { createVerifier, type KeyVerifier } from '../../src/verifier/createVerifier.ts'
import { runSql } from '../setup/runSql.ts'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

const REASON = 'Three invoices are open.'
const who = { email: 'ada@example.com', password: 'correct horse battery' }

let service: Service
let operator: Client
let verifier: KeyVerifier
let account: Awaited<ReturnType<Service['account']>>
let session: { headers: Record<string, string> }
beforeAll(async () => {
  service = await startService()
  operator = createClient(service.url, await service.operatorToken())
  const { serviceToken } = service
  verifier = createVerifier({ redisUrl: service.redis.url, serviceToken, onError: () => {} })
  await verifier.ready()
  account = await service.account('pro')
  await account.post('/members', { ...who, role: 'admin' })
  const { headers } = await account.as(undefined).post('/session', who)
  const cookie = headers.getSetCookie().find((line) => line.startsWith('keys_session='))
  session = { headers: { Cookie: cookie?.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' } }
})
afterAll(async () => {
  await verifier.close()
  await service.stop()
})

const suspend = (id = account.accountId, body?: object) => operator.post(`/accounts/${id}/suspend`, body)
const resume = (id = account.accountId) => operator.post(`/accounts/${id}/resume`)

/** What each way to verify says of a key. */
async function ask(value: string) {
  const verified = await service.server.post('/verify', { key: value, permission: 'renders:read' })
  const proxied = await account.as(value).get('/forward-auth')
  const { code } = await verifier.verify({ value })
  const byApi: string = verified.body.code
  return { api: byApi, library: code, proxy: proxied.status, problem: proxied.body.title }
}
const REFUSED = {
  api: 'ACCOUNT_SUSPENDED',
  library: 'ACCOUNT_SUSPENDED',
  proxy: 403,
  problem: 'Account suspended',
}
const ADMITTED = { api: 'VALID', library: 'VALID', proxy: 200, problem: undefined }

describe('a suspended account', () => {
  it('promise 13: its keys are refused once the call has answered, by HTTP, proxy and library; resumed, all is as it was', async () => {
    const [good, revoked] = [await account.createKey(), await account.createKey({ type: 'test' })]
    const bound = await account.createKey({ allowedIps: ['192.0.2.1'], expiresAt: '2099-01-01T00:00:00Z' })
    await account.post(`/api-keys/${revoked.id}/revoke`)
    const before = (await account.get('/api-keys')).body.apiKeys
    expect(await ask(good.key)).toEqual(ADMITTED)

    const { status, body } = await suspend(account.accountId, { reason: REASON })
    expect(status).toBe(200)
    expect(body.account).toMatchObject({
      id: account.accountId,
      status: 'suspended',
      suspendedAt: expect.any(String),
      suspendedReason: REASON,
    })
    expect(body.fanOut).toMatchObject({ regions: [{ region: 'primary', outcome: 'confirmed' }] })
    expect([await ask(good.key), await ask(bound.key)]).toEqual([REFUSED, REFUSED])
    // What had ended before is refused for that.
    expect((await ask(revoked.key)).api).toBe('REVOKED')

    const resumed = await resume()
    expect(resumed).toMatchObject({
      status: 200,
      body: { account: { status: 'active', suspendedAt: null, suspendedReason: null }, fanOut: {} },
    })
    expect(await ask(good.key)).toEqual(ADMITTED)
    expect((await ask(bound.key)).api).toBe('IP_NOT_ALLOWED')
    expect((await ask(revoked.key)).api).toBe('REVOKED')
    const plain = (keys: object[]) => keys.map((key) => ({ ...key, lastUsedAt: null, usage: null }))
    expect(plain((await account.get('/api-keys')).body.apiKeys)).toEqual(plain(before))
  })

  it('again is 200 and changes nothing; the reason is optional, and what is not there is 404', async () => {
    const first = await suspend()
    const again = await suspend(account.accountId, { reason: 'Another' })
    expect([again.status, again.body.account]).toEqual([200, first.body.account])
    expect(again.body.account.suspendedReason).toBeNull()
    const once = await resume()
    expect((await resume()).body.account).toEqual(once.body.account)
    expect([(await suspend('acct_none')).status, (await resume('acct_none')).status]).toEqual([404, 404])
    const fields = (await suspend(account.accountId, { reason: '', until: 1 })).body.errors
    expect(fields.map(({ field }: { field: string }) => field).sort()).toEqual(['reason', 'until'])
  })

  it('an Idempotency-Key repeats the answer, also after the account was resumed', async () => {
    const headers = { 'Idempotency-Key': 'suspend-once' }
    const send = () => operator.post(`/accounts/${account.accountId}/suspend`, {}, { headers })
    expect((await send()).status).toBe(200)
    await resume()
    const { status, headers: answered, body } = await send()
    expect([status, answered.get('idempotent-replayed'), body.account.status]).toEqual([
      200,
      'true',
      'active',
    ])
  })

  it('is listed by its status', async () => {
    const { accountId } = await service.account('pro')
    const ids = async (query: string) =>
      (await operator.get(`/accounts?status=${query}`)).body.accounts.map(({ id }: { id: string }) => id)
    await suspend(accountId)
    expect(await ids('suspended')).toEqual([accountId])
    expect(await ids('active')).not.toContain(accountId)
    await resume(accountId)
    expect(await ids('suspended')).toEqual([])
    expect((await operator.get('/accounts?status=gone')).body.errors[0].field).toBe('status')
  })

  it('what is admitted no longer is counted by its code', async () => {
    const { id, key } = await account.createKey()
    await suspend()
    for (let n = 0; n < 3; n++) await service.server.post('/verify', { key })
    await resume()
    const usage = await eventually(
      async () => (await account.get(`/api-keys/${id}/usage`)).body.windows['24h'],
      ({ refused }) => refused === 3,
    )
    expect(usage.refusedByCode).toEqual({ ACCOUNT_SUSPENDED: 3 })
  })

  it('the audit log has it, with who did it, and when it was complete', async () => {
    await suspend(account.accountId, { reason: REASON })
    await resume()
    const { entries } = (await account.get('/audit-log?limit=3')).body
    expect(entries).toMatchObject([
      { action: 'account.resumed', actor: { name: 'Company' } },
      { action: 'account.suspension-complete', details: { regions: [{ outcome: 'confirmed' }] } },
      { action: 'account.suspended', actor: { name: 'Company' }, details: { reason: REASON } },
    ])
  })

  it('by bin/keys, with a reason', async () => {
    const { accountId } = account
    expect(await service.cli('account', 'suspend', accountId, '--reason', REASON)).toMatchObject({
      accountId,
    })
    expect((await operator.get(`/accounts/${accountId}`)).body.suspendedReason).toBe(REASON)
    expect(await service.cli('account', 'resume', accountId)).toMatchObject({ accountId, fanOut: {} })
    await expect(service.cli('account', 'suspend', 'acct_none')).rejects.toThrow('no account')
  })
})

const ofAccounts: RouteSpec[] = routes
  .map(({ spec }) => spec)
  .filter(
    ({ auth }) =>
      auth === 'session' || auth === 'person' || (typeof auth === 'object' && 'permission' in auth),
  )
const named = (some: RouteSpec[]) => some.map((spec) => [`${spec.method} ${spec.path}`, spec] as const)
const pathOf = (spec: RouteSpec) => spec.path.replace(/:\w+/, 'none')
const send = (spec: RouteSpec, client: Client, extra = {}) =>
  client.request(spec.method.toUpperCase(), pathOf(spec), undefined, extra)

describe('while an account is suspended', () => {
  let people: Client
  beforeAll(async () => {
    people = account.as(undefined)
    await suspend(account.accountId, { reason: REASON })
  })
  afterAll(() => resume())

  it('a member signs in and sees why', async () => {
    const signedIn = await people.post('/session', who)
    const suspension = { since: expect.any(String), reason: REASON }
    expect(signedIn).toMatchObject({ status: 201, body: { suspension } })
    expect((await people.get('/session', session)).body.suspension).toEqual(suspension)
    expect((await people.get('/account', session)).body).toMatchObject({
      status: 'suspended',
      suspendedReason: REASON,
    })
  })

  it.each(named(ofAccounts.filter((spec) => !changesAccount(spec))))(
    'a member may %s',
    async (_name, spec) => {
      // What the request itself is worth is another matter.
      const method = spec.method.toUpperCase()
      const { status } = await fetch(`${service.url}${pathOf(spec)}`, { method, ...session })
      expect([200, 400, 404]).toContain(status)
    },
  )

  it.each(named(ofAccounts.filter(changesAccount)))(
    'a member may not %s, and learns why',
    async (_name, spec) => {
      const { status, body } = await send(spec, people, session)
      expect([status, body.title, body.suspendedReason]).toEqual([403, 'Account suspended', REASON])
    },
  )

  it('every change but that of what is the person’s own is among them', () => {
    const open = ofAccounts.filter((spec) => spec.method !== 'get' && !changesAccount(spec))
    expect(open.map(({ operation }) => operation).sort()).toEqual([
      'changePassword',
      'previewAlertRule',
      'switchAccount',
    ])
  })

  it.each(named(ofAccounts.filter(({ auth }) => typeof auth === 'object')))(
    'its admin key may not %s',
    async (_name, spec) => {
      const { status, body } = await send(spec, account)
      expect([status, body.title]).toEqual([403, 'Account suspended'])
    },
  )

  it('the company reads and changes it; a key that it creates is refused until the account is resumed', async () => {
    const headers = { 'X-Account-Id': account.accountId }
    expect((await operator.get('/api-keys', { headers })).status).toBe(200)
    const { status, body } = await operator.post('/api-keys', { name: 'New', type: 'test' }, { headers })
    expect(status).toBe(201)
    expect(await ask(body.key)).toEqual(REFUSED)
    expect((await operator.patch(`/accounts/${account.accountId}`, { plan: 'business' })).status).toBe(200)
    expect(await ask(body.key)).toEqual(REFUSED)
    expect((await operator.post(`/api-keys/${body.id}/revoke`, {}, { headers })).status).toBe(200)
  })

  it('nobody joins by an invitation that was sent before', async () => {
    await resume()
    const { body } = await account.post('/members', { email: 'bob@example.com', role: 'viewer' })
    const token = 'a'.repeat(40)
    const link = `update invitation set digest = '${digestOf(token)}' where member_id = '${body.id}'`
    await runSql(service.databaseUrl, link)
    await suspend(account.accountId, { reason: REASON })
    const accept = () => people.post('/invitations/accept', { token, password: who.password })
    expect((await accept()).body.title).toBe('Account suspended')
    await resume()
    expect((await accept()).status).toBe(201)
    await suspend(account.accountId, { reason: REASON })
  })
})
