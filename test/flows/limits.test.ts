import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awayFromMidnight } from '../support/awayFromMidnight.ts'
import { type Client, createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { type Service, startService } from '../support/startService.ts'

let service: Service
beforeAll(async () => {
  await awayFromMidnight()
  service = await startService({ apis: 2 })
})
afterAll(() => service.stop())

const render = { permission: 'renders:write' }

/** Sends verifications to the apis in turn, all at once, and counts the answers by code. */
async function verifyAtOnce(count: number, body: object): Promise<Record<string, number>> {
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const url = service.apis[index % service.apis.length]?.url
      const response = await fetch(`${url}/verify`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${service.serviceToken}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
      return ((await response.json()) as { code: string }).code
    }),
  )
  const counts: Record<string, number> = {}
  for (const code of answers) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

/** Own limits on a plan without any, so that only the one under test can refuse. */
async function limitedAccount(limits: object) {
  const account = await service.account('enterprise')
  await service.cli('account', 'limits', account.accountId, JSON.stringify(limits))
  return account
}

/** Waits until GET /account says how many renders the month has; more than these it never says. */
async function showsRenders(account: Pick<Client, 'get'>, renders: number) {
  const used = async (): Promise<number> => (await account.get('/account')).body.used.rendersThisMonth
  expect(await eventually(used, (shown) => shown >= renders)).toBe(renders)
}

/** Waits until a quota that refuses is announced; it is once. */
async function announces({ accountId }: { accountId: string }, quota: string) {
  const operator = createClient(service.url, await service.operatorToken())
  const path = `/events?types=api_key.quota_reached&accountId=${accountId}`
  const events = await eventually(
    async () => (await operator.get(path)).body.events as { data: { quota: string } }[],
    ({ length }) => length > 0,
  )
  expect(events.map(({ data }) => data.quota)).toEqual([quota])
}

describe('promise 5', () => {
  it('300 verifications of one test key at once over two apis admit exactly 100 renders', async () => {
    const account = await service.account('enterprise')
    const { key } = await account.createKey({ type: 'test' })
    expect(await verifyAtOnce(300, { key, ...render })).toEqual({ VALID: 100, QUOTA_EXCEEDED: 200 })
    const refused = await account.as(key).get('/forward-auth?permission=renders:write')
    expect(refused.body).toMatchObject({ status: 429, type: expect.stringMatching(/test-quota-exceeded$/) })
    expect(Number(refused.headers.get('retry-after'))).toBe(refused.body.retryAfter)
    expect(refused.headers.get('ratelimit')).toContain('"test-renders";r=0;t=')
    await announces(account, 'test-renders')
    // What is no render goes on, and so does another key.
    expect(await verifyAtOnce(1, { key })).toEqual({ VALID: 1 })
    const other = await account.createKey({ type: 'test' })
    expect((await service.server.post('/verify', { key: other.key, ...render })).body.watermark).toBe(true)
  })

  it('units count, and those that do not fit are refused whole', async () => {
    const account = await service.account('enterprise')
    const { key } = await account.createKey({ type: 'test' })
    expect(await verifyAtOnce(1, { key, ...render, units: 60 })).toEqual({ VALID: 1 })
    expect(await verifyAtOnce(1, { key, ...render, units: 41 })).toEqual({ QUOTA_EXCEEDED: 1 })
    expect(await verifyAtOnce(1, { key, ...render, units: 40 })).toEqual({ VALID: 1 })
    expect(await verifyAtOnce(1, { key, ...render, units: 1 })).toEqual({ QUOTA_EXCEEDED: 1 })
  })
})

describe('limits are strict over any number of verifiers', () => {
  it('per key and minute, with the headers to show it', async () => {
    const account = await limitedAccount({ requestsPerMinute: 50 })
    const { key } = await account.createKey()
    // A minute may turn between two requests: the sum over both is then up to twice the limit, never more.
    const counts = await verifyAtOnce(130, { key })
    expect([50, 100]).toContain(counts.VALID)
    expect((counts.VALID ?? 0) + (counts.RATE_LIMITED ?? 0)).toBe(130)
    const refused = await eventually(
      async () => {
        await verifyAtOnce(60, { key })
        return account.as(key).get('/forward-auth')
      },
      ({ status }) => status === 429,
    )
    expect(refused.body.type).toMatch(/rate-limit-exceeded$/)
    expect(refused.headers.get('x-ratelimit-limit')).toBe('50')
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(Number(refused.headers.get('x-ratelimit-reset')) % 60).toBe(0)
    expect(refused.headers.get('ratelimit-policy')).toBe('"minute";q=50;w=60')
    expect(refused.body.retryAfter).toBeLessThanOrEqual(60)
  })

  it('per key and day', async () => {
    const account = await limitedAccount({ requestsPerDay: 40 })
    const { key } = await account.createKey()
    expect(await verifyAtOnce(60, { key })).toEqual({ VALID: 40, RATE_LIMITED: 20 })
    const other = await account.createKey()
    const first = await account.as(other.key).get('/forward-auth')
    expect(first.headers.get('x-usage-requests-today')).toBe('1')
  })

  it('renders a month per account over all its live keys, hard', async () => {
    const account = await limitedAccount({ rendersPerMonth: 30, rendersHard: true })
    const keys = [await account.createKey(), await account.createKey()]
    const counts = await Promise.all(keys.map(({ key }) => verifyAtOnce(25, { key, ...render })))
    const sum = (code: string) => counts.reduce((total, count) => total + (count[code] ?? 0), 0)
    expect([sum('VALID'), sum('PLAN_LIMIT_EXCEEDED')]).toEqual([30, 20])
    const refused = await account.as(keys[0]?.key).get('/forward-auth?permission=renders:write')
    expect(refused.body).toMatchObject({ status: 429, type: expect.stringMatching(/plan-limit-exceeded$/) })
    const test = await account.createKey({ type: 'test' })
    expect(await verifyAtOnce(1, { key: test.key, ...render })).toEqual({ VALID: 1 })
    await showsRenders(account, 30)
    await announces(account, 'month-renders')
    await showsRenders(await service.account(), 0)
  })

  it('renders a month, soft: they go on, marked as overage', async () => {
    const account = await limitedAccount({ rendersPerMonth: 2, rendersHard: false })
    const { key } = await account.createKey()
    const answers = []
    for (let index = 0; index < 3; index++)
      answers.push((await service.server.post('/verify', { key, ...render })).body)
    expect(answers.map(({ valid, overage }) => [valid, overage])).toEqual([
      [true, undefined],
      [true, undefined],
      [true, true],
    ])
    await showsRenders(account, 3)
  })

  it('a new plan counts from the next request on, on every api', async () => {
    const account = await limitedAccount({ requestsPerDay: 1 })
    const { key } = await account.createKey()
    expect(await verifyAtOnce(2, { key })).toEqual({ VALID: 1, RATE_LIMITED: 1 })
    await service.cli('account', 'limits', account.accountId, '{}')
    expect(await verifyAtOnce(20, { key })).toEqual({ VALID: 20 })
  })
})
