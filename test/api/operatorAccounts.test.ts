import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../support/client.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let operator: ReturnType<typeof createClient>
beforeAll(async () => {
  service = await startService({ workers: 2 })
  operator = createClient(service.url, await service.operatorToken())
})
afterAll(() => service.stop())

const create = async (more: object = {}) =>
  (await operator.post('/accounts', { name: 'Acme', ...more })).body.account

describe('accounts over the API', () => {
  it('are created with the company’s own ID, limits and metadata, and an admin key that works at once', async () => {
    const { status, body } = await operator.post('/accounts', {
      name: 'Acme',
      plan: 'pro',
      externalId: 'customer-1',
      limits: { requestsPerMinute: 7 },
      metadata: { crm: 12 },
      adminKey: true,
    })
    expect(status).toBe(201)
    expect(body.account).toEqual({
      id: expect.stringMatching(/^acct_/),
      externalId: 'customer-1',
      name: 'Acme',
      plan: 'pro',
      status: 'active',
      suspendedAt: null,
      suspendedReason: null,
      limits: expect.objectContaining({ liveKeys: 10, requestsPerMinute: 7 }),
      customLimits: { requestsPerMinute: 7 },
      counts: { liveKeys: 1, testKeys: 0, members: 0 },
      rendersThisMonth: 0,
      metadata: { crm: 12 },
      createdAt: expect.any(String),
    })
    expect(body.adminKey).toMatchObject({ name: 'Admin key', access: 'admin', type: 'live' })
    const list = await createClient(service.url, body.adminKey.key).get('/api-keys')
    expect([list.status, list.body.pagination.total]).toEqual([200, 1])
    expect((await operator.get(`/accounts/${body.account.id}`)).body).toEqual(body.account)
  })

  it('without adminKey there is no key, and by default the plan is free', async () => {
    const { body } = await operator.post('/accounts', { name: 'Keyless' })
    expect(body).not.toHaveProperty('adminKey')
    expect(body.account).toMatchObject({ plan: 'free', externalId: null, counts: { liveKeys: 0 } })
  })

  it('promise 1: of 100 sign-ups at once with 10 external IDs there are 10 accounts; the others name them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        operator.post('/accounts', { name: 'Signed up', externalId: `sign-up-${n % 10}` }),
      ),
    )
    const made = answers.flatMap(({ status, body }) => (status === 201 ? [body.account] : []))
    expect(new Set(made.map(({ externalId }) => externalId)).size).toBe(10)
    expect(made).toHaveLength(10)
    const ids = new Set(made.map(({ id }) => id))
    for (const { status, body } of answers.filter((one) => one.status !== 201)) {
      expect([status, body.title]).toEqual([409, 'External ID taken'])
      expect(ids.has(body.accountId)).toBe(true)
    }
  })

  it('a repeated Idempotency-Key returns the same account and the same key', async () => {
    const headers = { 'Idempotency-Key': 'sign-up' }
    const body = { name: 'Once', adminKey: true }
    const first = await operator.post('/accounts', body, { headers })
    const again = await operator.post('/accounts', body, { headers })
    expect(again.body).toEqual(first.body)
    expect((await operator.post('/accounts', { name: 'Other' }, { headers })).status).toBe(422)
  })

  it('a change of plan or limits holds for verifications once it is answered', async () => {
    const { body } = await operator.post('/accounts', { name: 'Small', adminKey: true })
    const { id } = body.account
    const verify = async () => (await service.server.post('/verify', { key: body.adminKey.key })).body.code
    for (let limit = 1; limit <= 10; limit++) {
      const changed = await operator.patch(`/accounts/${id}`, { limits: { requestsPerDay: limit } })
      expect([changed.status, changed.body.limits.requestsPerDay]).toEqual([200, limit])
      expect([await verify(), await verify()]).toEqual(['VALID', 'RATE_LIMITED'])
    }
    const back = await operator.patch(`/accounts/${id}`, { plan: 'pro', limits: {} })
    expect(back.body).toMatchObject({ plan: 'pro', customLimits: {}, limits: { requestsPerDay: 10_000 } })
    expect(await verify()).toBe('VALID')
  })

  it('name, external ID and metadata change, each alone; a taken external ID is refused', async () => {
    const [one, other] = [await create({ externalId: 'one' }), await create({ externalId: 'other' })]
    const changed = await operator.patch(`/accounts/${one.id}`, { name: 'Renamed', metadata: { a: 1 } })
    expect(changed.body).toEqual({ ...one, name: 'Renamed', metadata: { a: 1 } })
    const taken = await operator.patch(`/accounts/${one.id}`, { externalId: 'other' })
    expect(taken).toMatchObject({ status: 409, body: { accountId: other.id } })
    expect((await operator.patch(`/accounts/${one.id}`, { externalId: 'one' })).status).toBe(200)
    expect((await operator.patch(`/accounts/${other.id}`, { externalId: null })).body.externalId).toBeNull()
    expect((await operator.patch(`/accounts/${one.id}`, { externalId: 'other' })).status).toBe(200)
  })

  it('are found by external ID, plan and name, and listed newest first, page by page', async () => {
    const made = []
    for (let n = 0; n < 5; n++) made.unshift(await create({ name: `Listed ${n}`, plan: 'enterprise' }))
    const seen: unknown[] = []
    let cursor = ''
    do {
      const { body } = await operator.get(`/accounts?plan=enterprise&q=listed&limit=2${cursor}`)
      seen.push(...body.accounts)
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    expect(seen).toEqual(made)
    await create({ externalId: 'wanted', name: 'Wanted' })
    const { body } = await operator.get('/accounts?externalId=wanted')
    expect(body).toMatchObject({ accounts: [{ name: 'Wanted' }], nextCursor: null })
    expect((await operator.get(`/accounts?q=${made[0].id}`)).body.accounts).toEqual([made[0]])
    expect((await operator.get('/accounts?q=100%25')).body.accounts).toEqual([])
  })

  it('bad input names the field; what is not there is 404', async () => {
    const fieldsOf = async (body: object) =>
      (await operator.post('/accounts', body)).body.errors.map(({ field }: { field: string }) => field)
    expect(await fieldsOf({})).toEqual(['name'])
    expect(await fieldsOf({ name: 'A', plan: 'gold' })).toEqual(['plan'])
    expect(await fieldsOf({ name: 'A', limits: { liveKeys: -1 } })).toEqual(['limits.liveKeys'])
    expect(await fieldsOf({ name: 'A', externalId: ' ' })).toEqual(['externalId'])
    expect((await operator.get('/accounts?cursor=x')).body.errors[0].field).toBe('cursor')
    expect((await operator.get('/accounts/acct_none')).status).toBe(404)
    expect((await operator.patch('/accounts/acct_none', { name: 'A' })).status).toBe(404)
    const { id } = await create()
    expect((await operator.patch(`/accounts/${id}`, {})).status).toBe(400)
  })
})

describe('acting for an account', () => {
  it('every route of an account answers as to its admin, and the audit log names the token', async () => {
    const { id } = await create({ name: 'Helped', plan: 'pro' })
    const headers = { 'X-Account-Id': id }
    const key = await operator.post('/api-keys', { name: 'By support', type: 'live' }, { headers })
    expect(key.status).toBe(201)
    expect((await operator.get('/account', { headers })).body).toMatchObject({ id, used: { liveKeys: 1 } })
    expect((await operator.get('/members', { headers })).status).toBe(200)
    const { body } = await operator.get('/audit-log?action=api-key.created', { headers })
    expect(body.entries[0]).toMatchObject({
      targetId: key.body.id,
      actor: { type: 'operator_token', name: 'Company', id: expect.stringMatching(/^optok_/) },
    })
  })

  it('promise 8: of one account only: another’s key is not there', async () => {
    const [mine, other] = [await create({ plan: 'pro' }), await create({ plan: 'pro' })]
    const asked = { name: 'Theirs', type: 'live' }
    const key = await operator.post('/api-keys', asked, { headers: { 'X-Account-Id': other.id } })
    const read = await operator.get(`/api-keys/${key.body.id}`, { headers: { 'X-Account-Id': mine.id } })
    expect(read.status).toBe(404)
  })

  it('takes an account that is there', async () => {
    expect((await operator.get('/api-keys')).body.errors).toEqual([
      { field: 'X-Account-Id', message: 'is required with an operator token', code: 'required' },
    ])
    const none = await operator.get('/api-keys', { headers: { 'X-Account-Id': 'acct_none' } })
    expect([none.status, none.body.title]).toEqual([404, 'Account not found'])
  })

  it('promise 10: gives keys no more than the token has: its addresses, its lifetime', async () => {
    const { id } = await create({ plan: 'pro' })
    const headers = { 'X-Account-Id': id }
    const args = [
      '--permissions',
      'act',
      '--allowed-ips',
      '127.0.0.1',
      '--expires-at',
      '2100-01-01T00:00:00Z',
    ]
    const { token = '' } = await service.cli('operator-token', 'create', '--name', 'Bound', ...args)
    const bound = createClient(service.url, token)
    const asked = { name: 'A', type: 'live', access: 'admin' }
    const refused = await bound.post('/api-keys', asked, { headers })
    expect([refused.status, refused.body.errors.map(({ field }: { field: string }) => field)]).toEqual([
      403,
      ['allowedIps', 'expiresAt'],
    ])
    const within = { ...asked, allowedIps: ['127.0.0.1'], expiresAt: '2099-01-01T00:00:00Z' }
    expect((await bound.post('/api-keys', within, { headers })).status).toBe(201)
  })
})
