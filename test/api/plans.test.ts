import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSql, runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { SEED_PLANS } from '../support/seedPlans.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
let token: string
let operator: ReturnType<typeof createClient>
beforeAll(async () => {
  service = await startService({ apis: 2, workers: 2 })
  token = await service.operatorToken()
  operator = createClient(service.url, token)
})
afterAll(() => service.stop())

const plan = (name: string) => operator.get(`/plans/${name}`)
const put = (name: string, body: object, headers: Record<string, string> = {}) =>
  operator.put(`/plans/${name}`, body, { headers })
const create = async (more: object) =>
  (await operator.post('/accounts', { name: 'A', adminKey: true, ...more })).body

describe('plans are data', () => {
  it('the four are there from the start, in their order, with how many accounts each has', async () => {
    await create({ plan: 'business' })
    const { status, body } = await operator.get('/plans')
    expect(status).toBe(200)
    const labels = { free: 'Free', pro: 'Pro', business: 'Business', enterprise: 'Enterprise' }
    expect(body.plans).toEqual(
      Object.entries(SEED_PLANS).map(([name, limits], index) => ({
        ...{ name, limits, label: labels[name as keyof typeof labels], order: 10 * (index + 1) },
        accounts: name === 'business' ? 1 : expect.any(Number),
      })),
    )
  })

  it('an operator creates one, and accounts go on it, with its limits and its label', async () => {
    const limits = { ...SEED_PLANS.free, liveKeys: 3, requestsPerDay: 2 }
    const created = await put('starter', { label: 'Starter (EU)', limits, order: 15 })
    expect([created.status, created.body]).toEqual([
      200,
      { name: 'starter', label: 'Starter (EU)', limits, accounts: 0, order: 15 },
    ])
    const { plans } = (await operator.get('/plans')).body
    expect(plans.map(({ name }: { name: string }) => name).slice(0, 3)).toEqual(['free', 'starter', 'pro'])
    const { account, adminKey } = await create({ plan: 'starter' })
    expect(account).toMatchObject({ plan: 'starter', limits })
    const client = createClient(service.url, adminKey.key)
    expect((await client.get('/account')).body).toMatchObject({
      plan: 'starter',
      planLabel: 'Starter (EU)',
      limits,
    })
    const verify = async () => (await service.server.post('/verify', { key: adminKey.key })).body.code
    expect([await verify(), await verify(), await verify()]).toEqual(['VALID', 'VALID', 'RATE_LIMITED'])
    expect((await plan('starter')).body.accounts).toBe(1)
  })

  it('a change holds for every account of the plan once it is answered; custom limits go on winning', async () => {
    await put('team', { limits: { ...SEED_PLANS.pro, requestsPerDay: 1 } })
    const plain = await create({ plan: 'team' })
    const custom = await create({ plan: 'team', limits: { requestsPerDay: 1_000 } })
    const verify = async (key: string) => (await service.server.post('/verify', { key })).body
    for (let limit = 2; limit <= 12; limit++) {
      const changed = await put('team', { limits: { ...SEED_PLANS.pro, requestsPerDay: limit } })
      expect([changed.status, changed.body.accounts]).toEqual([200, 2])
      expect((await verify(plain.adminKey.key)).limits.day.limit).toBe(limit)
      expect((await verify(custom.adminKey.key)).limits.day.limit).toBe(1_000)
    }
    const audit = await createClient(service.url, plain.adminKey.key).get('/audit-log?limit=1')
    expect(audit.body.entries[0]).toMatchObject({
      action: 'account.plan-changed',
      actor: { type: 'operator_token', name: 'Company' },
      details: { from: 'team', to: 'team' },
    })
  })

  it('its operation says how many of the accounts a change has reached', async () => {
    await put('wide', { limits: SEED_PLANS.free })
    const accounts = `insert into account (id, name, plan, custom_limits, version, created_at)
      select 'acct_wide' || n, 'A', 'wide', '{}', 1, now() from generate_series(1000, 1200) n`
    await runSql(service.databaseUrl, accounts)
    const sql = await openSql(service.databaseUrl)
    try {
      // Accounts are taken 200 at a time, in the order of their IDs: the second page waits for this one.
      await sql.run(`begin; select from account where id = 'acct_wide1200' for update`)
      const changing = put('wide', { limits: SEED_PLANS.pro })
      const select = `select change ->> 'commandId' as id from plan where name = 'wide'`
      const id = await eventually(
        async () => (await runSql(service.databaseUrl, select))[0]?.[0]?.id,
        (found) => typeof found === 'string',
      )
      const operation = async () => (await operator.get(`/operations/${id}`)).body
      expect(await eventually(operation, ({ progress }) => progress?.done > 0)).toMatchObject({
        ...{ id, kind: 'set-plan', status: 'pending', finishedAt: null, result: null },
        progress: { done: 200, total: 201 },
      })
      await sql.run('rollback')
      expect(await changing).toMatchObject({ status: 200, body: { accounts: 201 } })
      const done = await operation()
      expect(done).toMatchObject({ id, status: 'succeeded', result: { accounts: 201 } })
      expect(done).not.toHaveProperty('progress')
    } finally {
      await sql.end()
    }
  })

  it('promise 6: above a lower number of keys the keys stay, no further one is created, one can be rotated', async () => {
    await put('shrinking', { limits: { ...SEED_PLANS.pro, liveKeys: 4 } })
    const { adminKey } = await create({ plan: 'shrinking' })
    const client = createClient(service.url, adminKey.key)
    const key = (n: number) => client.post('/api-keys', { name: `K${n}`, type: 'live' })
    const made = [await key(1), await key(2), await key(3)]
    expect((await put('shrinking', { limits: { ...SEED_PLANS.pro, liveKeys: 2 } })).status).toBe(200)
    for (const { body } of made)
      expect((await service.server.post('/verify', { key: body.key })).body.valid).toBe(true)
    expect((await key(4)).body).toMatchObject({ status: 403, plan: 'shrinking', limit: 2, used: 4 })
    const rotated = await client.post(`/api-keys/${made[0]?.body.id}/rotate`)
    expect(rotated.status).toBe(201)
    expect((await client.get('/account')).body.used.liveKeys).toBe(4)
    expect((await client.post(`/api-keys/${rotated.body.id}/rotate`, { overlapSeconds: 60 })).status).toBe(
      403,
    )
  })

  it('bin/keys plan set creates a plan from all limits, and changes the fields it gets; the rest stays', async () => {
    const set = (...options: string[]) => service.cli('plan', 'set', 'by-hand', ...options)
    const flags = [
      '--live-keys',
      '3',
      '--test-keys',
      '5',
      '--requests-per-minute',
      '60',
      '--renders-hard',
      'true',
    ]
    await expect(set(...flags)).rejects.toThrow(
      'There is no plan "by-hand". To create it, add --requests-per-day, --renders-per-month.',
    )
    const created = await set(...flags, '--requests-per-day', '2', '--renders-per-month', 'unlimited')
    const limits = { ...SEED_PLANS.free, liveKeys: 3, requestsPerDay: 2, rendersPerMonth: null }
    const fields = { name: 'by-hand', label: 'By-hand', limits, accounts: 0, order: expect.any(Number) }
    expect(created).toEqual(fields)
    const { adminKey } = await create({ plan: 'by-hand' })
    const changed = { ...fields, accounts: 1, label: 'By hand', limits: { ...limits, requestsPerDay: 7 } }
    expect(await set('--label', 'By hand', '--requests-per-day', '7')).toEqual(changed)
    expect((await service.server.post('/verify', { key: adminKey.key })).body.limits.day.limit).toBe(7)
    expect(await service.cli('plan', 'list')).toContainEqual(changed)
    const entries = await service.cli('audit-log', '--limit', '2')
    expect(entries).toMatchObject([
      { action: 'plan.changed', targetId: 'by-hand', details: { label: 'By hand' } },
      { action: 'plan.created', targetId: 'by-hand' },
    ])
  })

  it('the plan’s label and place change without its limits', async () => {
    const before = (await plan('business')).body
    const changed = await put('business', { ...before, label: 'Big business', order: 35 })
    expect(changed.body).toEqual({ ...before, label: 'Big business', order: 35 })
    expect((await put('business', { limits: before.limits })).body.label).toBe('Big business')
  })
})

describe('a change that would be ambiguous is refused', () => {
  it('If-Match: of two edits of one version the second; `*` creates nothing', async () => {
    await put('tagged', { limits: SEED_PLANS.free })
    const etag = (await plan('tagged')).headers.get('etag') ?? ''
    const first = await put('tagged', { limits: SEED_PLANS.pro }, { 'If-Match': etag })
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"v2"'])
    const second = await put('tagged', { limits: SEED_PLANS.business }, { 'If-Match': etag })
    expect([second.status, second.body.currentVersion]).toEqual([412, 2])
    expect((await put('typo', { limits: SEED_PLANS.pro }, { 'If-Match': '*' })).status).toBe(412)
    expect((await plan('typo')).status).toBe(404)
  })

  it('of ten changes at once each is whole, or refused as long as another is under way', async () => {
    await put('raced', { limits: SEED_PLANS.free })
    const { adminKey } = await create({ plan: 'raced' })
    const clients = service.apis.map(({ url }) => createClient(url, token))
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        clients[n % 2]?.put('/plans/raced', { limits: { ...SEED_PLANS.pro, requestsPerDay: 100 + n } }),
      ),
    )
    for (const answer of answers) {
      if (answer?.status === 409)
        expect(answer.body).toMatchObject({
          title: 'Plan change in progress',
          operationId: expect.any(String),
        })
      else expect(answer?.status).toBe(200)
    }
    const { limits } = (await plan('raced')).body
    const done = answers.flatMap((answer) => (answer?.status === 200 ? [answer.body.limits] : []))
    expect(done).toContainEqual(limits)
    const { body } = await service.server.post('/verify', { key: adminKey.key })
    expect(body.limits.day.limit).toBe(limits.requestsPerDay)
  })

  it('a repeated Idempotency-Key gets the first answer, whatever has changed since; another body is 422', async () => {
    const headers = { 'Idempotency-Key': 'plan-change' }
    const first = await put('once', { limits: SEED_PLANS.free }, headers)
    await put('once', { limits: SEED_PLANS.pro })
    const again = await put('once', { limits: SEED_PLANS.free }, headers)
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true'])
    expect((await plan('once')).body.limits).toEqual(SEED_PLANS.pro)
    expect((await put('once', { limits: SEED_PLANS.pro }, headers)).status).toBe(422)
  })
})

describe('bad input names the field', () => {
  const { rendersHard: _, ...soft } = SEED_PLANS.pro
  it.each([
    ['bad', {}, ['limits']],
    ['bad', { limits: soft }, ['limits.rendersHard']],
    ['bad', { limits: { ...SEED_PLANS.pro, liveKeys: -1 } }, ['limits.liveKeys']],
    ['bad', { limits: SEED_PLANS.pro, label: ' ' }, ['label']],
    ['bad', { limits: SEED_PLANS.pro, order: 1.5 }, ['order']],
    ['bad', { limits: SEED_PLANS.pro, name: 'other' }, ['name']],
    ['bad', { limits: SEED_PLANS.pro, hard: true }, ['hard']],
    ['Bad%20Name', { limits: SEED_PLANS.pro }, ['name']],
    ['x'.repeat(33), { limits: SEED_PLANS.pro }, ['name']],
  ])('%s with %j: %j', async (name, body, fields) => {
    const answer = await put(name, body)
    expect([answer.status, answer.body.errors?.map(({ field }: { field: string }) => field)]).toEqual([
      400,
      fields,
    ])
  })

  it('a plan that is not there is 404 `plan-not-found`, and names the field', async () => {
    const { account } = await create({})
    const answers = [
      await operator.post('/accounts', { name: 'A', plan: 'gold' }),
      await operator.patch(`/accounts/${account.id}`, { plan: 'gold' }),
      await operator.get('/accounts?plan=gold'),
    ]
    for (const { status, body } of answers)
      expect([status, body.title, body.errors[0].field]).toEqual([404, 'Plan not found', 'plan'])
    expect((await plan('gold')).status).toBe(404)
    expect((await plan('Not%20a%20name')).status).toBe(404)
    await expect(service.cli('account', 'plan', account.id, 'gold')).rejects.toThrow(
      'There is no plan "gold"',
    )
  })

  it.each([
    [['pro', '--live-keys', 'many'], /--live-keys.*whole number or unlimited/],
    [['pro', '--renders-hard', 'yes'], /--renders-hard.*true or false/],
    [['pro', '--order', '1.5'], /--order.*whole number/],
    [['Pro'], /The name of a plan must be lower-case letters/],
  ])('bin/keys plan set %j', async (args, message) => {
    await expect(service.cli('plan', 'set', ...args)).rejects.toThrow(message)
  })

  it('takes a token with plans:manage', async () => {
    const args = ['--name', 'Reader', '--permissions', 'accounts:read']
    const made = await service.cli('operator-token', 'create', ...args)
    const reader = createClient(service.url, made.token)
    const answers = [await reader.get('/plans'), await reader.put('/plans/x', { limits: SEED_PLANS.pro })]
    expect(answers.map(({ status, body }) => [status, body.requiredPermission])).toEqual([
      [403, 'plans:manage'],
      [403, 'plans:manage'],
    ])
  })
})
