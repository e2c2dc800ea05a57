import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobData } from '../../src/domain/jobs.ts'
import { DAY_MS as DAY } from '../../src/domain/time.ts'
import { readCallers } from '../../src/domain/usage/callers.ts'
import { EndpointIds, MAX_ENDPOINTS } from '../../src/domain/usage/EndpointIds.ts'
import { UsageBatch } from '../../src/domain/usage/UsageBatch.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { Rollup } from '../../src/workers/metering/Rollup.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

const ADMITTED = 0
const REVOKED = 7

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

type Caller = { ip?: string; endpoint?: string }
/** One key's batch, decided by this code for every caller. */
function batchOf(keyId: string, code: number, callers: Caller[], at = worker.clock.now.getTime()) {
  return {
    batchId: randomUUID(),
    region: 'primary',
    at,
    keys: [keyId],
    accounts: ['acct_1'],
    contexts: callers.map(({ ip, endpoint }) => [ip ?? null, endpoint ?? null, endpoint ? 'GET' : null]),
    groups: [[1, 0, 0, ...callers.flatMap((_, place) => [code, 0, place])]],
    results: callers.map(() => `${code},1,1,1`).join(','),
  } as JobData<'roll-up-verifications'>
}
const addTo = (rollup: Rollup, data: JobData<'roll-up-verifications'>) =>
  rollup.add({ name: 'roll-up-verifications', data })
const address = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`
const addresses = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, place) => ({ ip: address(from + place) }))
const rowsOf = async (keyId: string) => {
  const [row] = await worker
    .em()
    .execute<{ rows: string; requests: string; refused: string }[]>(
      `select count(*) as rows, sum(requests) as requests, sum(refused) as refused from usage_ip where key_id = ?`,
      [keyId],
    )
  return { rows: Number(row?.rows), requests: Number(row?.requests), refused: Number(row?.refused) }
}
const rollup = () => new Rollup(worker.context.orm, () => worker.clock.now)

describe('callers’ addresses', () => {
  it('promise 12: refused requests from 20,000 addresses make 501 rows, and every request is counted', async () => {
    const [one, other] = [rollup(), rollup()]
    for (let from = 0; from < 20_000; from += 1_000) {
      await addTo(from % 2_000 === 0 ? one : other, batchOf('key_r', REVOKED, addresses(from, from + 1_000)))
    }
    expect(await rowsOf('key_r')).toEqual({ rows: 501, requests: 0, refused: 20_000 })
    // They leave room for those that may call.
    await addTo(other, batchOf('key_r', ADMITTED, [{ ip: '192.0.2.1' }]))
    await addTo(rollup(), batchOf('key_r', ADMITTED, [{ ip: '192.0.2.2' }, { ip: address(0) }]))
    expect(await rowsOf('key_r')).toEqual({ rows: 503, requests: 3, refused: 20_000 })
    const callers = await readCallers(worker.em(), 'key_r', 1, worker.clock.now)
    expect(callers.days.map(({ distinctIps }) => distinctIps)).toEqual([502])
    expect(callers.ips.find(({ ip }) => ip === 'other')?.refused).toBe(19_500)
    expect(callers.ips.find(({ ip }) => ip === address(0))).toMatchObject({ requests: 1, refused: 1 })
  })

  it('of admitted requests 5,000 are told apart a day; on the next day it begins again', async () => {
    const own = rollup()
    for (let from = 0; from < 7_000; from += 1_000)
      await addTo(own, batchOf('key_a', ADMITTED, addresses(from, from + 1_000)))
    const { rows, requests } = await rowsOf('key_a')
    expect(requests).toBe(7_000)
    expect(rows).toBeGreaterThan(4_000)
    expect(rows).toBeLessThanOrEqual(5_001)
    // Whoever has a row keeps it, in another worker, too.
    await addTo(rollup(), batchOf('key_a', ADMITTED, [{ ip: address(1) }, { ip: '192.0.2.9' }]))
    expect(await rowsOf('key_a')).toEqual({ rows, requests: 7_002, refused: 0 })
    const [first] = await worker
      .em()
      .execute(`select requests from usage_ip where key_id = 'key_a' and ip = ?`, [address(1)])
    expect(Number(first?.requests)).toBe(2)
    await addTo(own, batchOf('key_a', ADMITTED, [{ ip: '192.0.2.9' }], worker.clock.now.getTime() + DAY))
    expect((await rowsOf('key_a')).rows).toBe(rows + 1)
  })

  it('an IPv6 caller is its /64', async () => {
    const own = rollup()
    const callers = Array.from({ length: 1_000 }, (_, n) => ({ ip: `2001:db8:1:2:${n.toString(16)}::1` }))
    await addTo(own, batchOf('key_6', ADMITTED, [...callers, { ip: '2001:db8:1:3::1' }, { ip: '::' }]))
    const { ips } = await readCallers(worker.em(), 'key_6', 1, worker.clock.now)
    expect(ips.map(({ ip, network, requests }) => [ip, network, requests])).toEqual([
      ['2001:db8:1:2::/64', '2001:db8:1::/48', 1_000],
      ['2001:db8:1:3::/64', '2001:db8:1::/48', 1],
    ])
  })
})

describe('endpoints', () => {
  const named = (count: number, word: string) =>
    Array.from({ length: count }, (_, n) => ({
      endpoint: `/${word}/${'abcdefghij'[n % 10]}${'xyz'[n % 3]}/${letters(n)}`,
    }))
  const letters = (n: number) => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
  const names = async () =>
    (
      await worker.em().execute<{ path: string }[]>(`select path from endpoint where account_id = 'acct_1'`)
    ).map(({ path }) => path)
  it('of refused requests have no name, and identifiers make no endpoint of their own', async () => {
    await addTo(rollup(), batchOf('key_e', REVOKED, named(50, 'refused')))
    await addTo(
      rollup(),
      batchOf('key_e', ADMITTED, [
        { endpoint: '/images/7f3a90c2/render' },
        { endpoint: '/images/81bb02d4/render' },
      ]),
    )
    expect(await names()).toEqual(['/images/{id}/render'])
  })

  it('that nobody uses for 35 days make room, keep their name for what they did, and go in the end', async () => {
    const own = rollup()
    const start = worker.clock.now
    await addTo(own, batchOf('key_e', ADMITTED, named(300, 'scan')))
    expect(await names()).toHaveLength(MAX_ENDPOINTS)
    const more = [{ endpoint: '/later' }, { endpoint: '/images/7f3a90c2/render' }]
    worker.clock.now = new Date(start.getTime() + 20 * DAY)
    await addTo(own, batchOf('key_e', ADMITTED, more))
    expect(await names()).not.toContain('/later')
    worker.clock.now = new Date(start.getTime() + 36 * DAY)
    await addTo(own, batchOf('key_e', ADMITTED, more))
    expect(await names()).toContain('/later')
    expect(await names()).toHaveLength(MAX_ENDPOINTS + 1)
    const [counts] = await worker.em().execute<{ n: string }[]>(
      `select count(*) as n from usage_day, jsonb_object_keys(endpoints) as name join endpoint e on e.id::text || 'r' = name
       where key_id = 'key_e' and e.path like '/scan/%'`,
    )
    expect(Number(counts?.n)).toBe(MAX_ENDPOINTS - 1)
    worker.clock.now = new Date(start.getTime() + 440 * DAY)
    await handlers['expire-records'](worker.context, {})
    expect((await names()).sort()).toEqual(['/images/{id}/render', '/later'])
    worker.clock.now = start
  })

  it('of a batch keep their ids whatever is forgotten before they are counted', async () => {
    const ids = new EndpointIds()
    const batch = new UsageBatch()
    const event = { id: 'e', keyId: 'key_k', accountId: 'acct_2', at: Date.now(), status: 200 }
    batch.addEvent({ ...event, endpoint: '/kept', method: 'GET' })
    const now = new Date()
    const idOf = await ids.learn(worker.em(), batch, now)
    const id = idOf('acct_2', 'GET /kept')
    expect(id).toBeGreaterThan(0)
    const running = ids.learn(worker.em(), batch, now)
    await ids.learn(worker.em(), new UsageBatch(), new Date(now.getTime() + DAY))
    expect((await running)('acct_2', 'GET /kept')).toBe(id)
    expect(idOf('acct_2', 'GET /kept')).toBe(id)
  })
})
