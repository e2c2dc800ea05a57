import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobData } from '../../src/domain/jobs.ts'
import { newRequestId } from '../../src/domain/metering/requestId.ts'
import { toRow, type UsageEvent } from '../../src/domain/metering/usageEvent.ts'
import { DAY_MS } from '../../src/domain/time.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { resetTestQuotas } from '../../src/workers/schedules/resetTestQuotas.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

const verifications = (data: JobData<'roll-up-verifications'>) =>
  handlers['roll-up-verifications'](worker.context, data)
const events = (...all: UsageEvent[]) =>
  handlers['roll-up-events'](worker.context, { events: all.map(toRow) })
const windowsOf = async (keyId: string) => {
  const windows = (await readWindows(worker.em(), [keyId], new Date())).get(keyId)
  if (!windows) throw new Error('no windows')
  return windows
}
const last24h = async (keyId: string) => (await windowsOf(keyId))['24h']

const of = (keyId: string, at = Date.now()) => ({ keyId, accountId: 'acct_1', at })

/** One key's batch: `codes` as the admission script gave them. */
function batchOf(keyId: string, codes: number[], at = Date.now()): JobData<'roll-up-verifications'> {
  return {
    batchId: randomUUID(),
    region: 'primary',
    at,
    keys: [keyId],
    accounts: ['acct_1'],
    contexts: [[null, null, null]],
    groups: [[1, 0, 0, ...codes.flatMap((code) => [code, 2, 0])]],
    results: codes.map((code) => `${code},1,1,1`).join(','),
  }
}

describe('promise 2: usage is counted exactly once', () => {
  it('a batch of verifications that runs twice, at once and later, counts once; refusals apart, by code', async () => {
    const batch = batchOf('key_a', [0, 0, 2, 8, 1, 20, 0])
    await Promise.all([verifications(batch), verifications(batch)])
    await verifications(batch)
    expect(await last24h('key_a')).toMatchObject({
      requests: 3,
      units: 6,
      refused: 2,
      refusedByCode: { RATE_LIMITED: 1, FORBIDDEN: 1 },
      errors: 0,
    })
  })

  it('a batch that is taken back is not counted, in whatever order the two jobs run, and however often', async () => {
    const takeBack = (data: JobData<'take-back-verifications'>) =>
      handlers['take-back-verifications'](worker.context, data)
    await verifications(batchOf('key_t', [0, 2, 20]))
    for (const order of [
      [verifications, takeBack, verifications, takeBack],
      [takeBack, verifications, takeBack],
    ]) {
      const batch = batchOf('key_t', [0, 0, 2, 20])
      for (const job of order) await job(batch)
    }
    const atOnce = batchOf('key_t', [0, 0, 2])
    await Promise.all([verifications(atOnce), takeBack(atOnce), takeBack(atOnce)])
    expect(await last24h('key_t')).toMatchObject({
      requests: 1,
      units: 2,
      refused: 1,
      refusedByCode: { RATE_LIMITED: 1 },
    })
  })

  it('an event counts once by its id, in one batch, in two at once, and later', async () => {
    const event = { id: 'once', ...of('key_b'), status: 503, latencyMs: 20, units: 1 }
    await Promise.all([events(event, event), events(event)])
    await events(event)
    expect(await last24h('key_b')).toMatchObject({ requests: 1, serverErrors: 1, errorRate: 1, units: 1 })
  })

  it('a report completes its verification in either order, once, whatever its own id', async () => {
    const now = Date.now()
    const completes = newRequestId(now, true)
    const report = (id: string) =>
      events({ id, ...of('key_c', now), status: 404, latencyMs: 12, units: 5, requestId: completes })
    await report('first')
    await verifications(batchOf('key_c', [0], now))
    await report('second')
    expect(await last24h('key_c')).toMatchObject({ requests: 1, clientErrors: 1, units: 2 })
    expect((await last24h('key_c')).latencyMs.p50).toBeCloseTo(12, 0)
  })

  it('a report of a refused verification adds nothing', async () => {
    const completes = newRequestId(Date.now(), false)
    await verifications(batchOf('key_d', [2]))
    await events({ id: 'refused', ...of('key_d'), status: 429, latencyMs: 1, requestId: completes })
    expect(await last24h('key_d')).toMatchObject({ requests: 0, refused: 1, errors: 0 })
  })

  it('an event id that was counted before completes nothing, so that the true report still does', async () => {
    const now = Date.now()
    const completes = newRequestId(now, true)
    const report = (id: string, status: number, requestId?: string) =>
      events({ id, ...of('key_f', now), status, requestId })
    await report('reused', 200)
    await report('reused', 500, completes)
    await verifications(batchOf('key_f', [0], now))
    await report('true-report', 404, completes)
    expect(await last24h('key_f')).toMatchObject({ requests: 2, clientErrors: 1, serverErrors: 0 })
  })

  it('late events land in their own time, in every window that reaches them', async () => {
    const hours = (count: number) => Date.now() - count * 3_600_000
    for (const [id, at] of Object.entries({
      now: hours(0),
      day: hours(23.9),
      past: hours(24.1),
      week: hours(167),
      month: hours(719),
    })) {
      await events({ id: `late-${id}`, ...of('key_e', at), status: 200 })
    }
    const windows = await windowsOf('key_e')
    expect([windows['24h'].requests, windows['7d'].requests, windows['30d'].requests]).toEqual([2, 4, 5])
  })

  it('what every grain holds adds up to the same', async () => {
    const sums = await Promise.all(
      ['minute', 'hour', 'day'].map((grain) =>
        worker
          .em()
          .execute(
            `select sum(requests) as requests, sum(units) as units, sum(client_errors) as errors from usage_${grain}`,
          ),
      ),
    )
    expect(sums[1]).toEqual(sums[0])
    expect(sums[2]).toEqual(sums[0])
  })
})

describe('the nightly reset of test quotas', () => {
  const counters = (day: string) => worker.region.redis.hgetall(`keys:test-renders:day:${day}`)
  const archived = (day: string) =>
    worker.em().execute(`select key_id, closed_renders from quota_day where day = '${day}' order by key_id`)
  const today = new Date().toISOString().slice(0, 10)

  it('archives past days and removes their counters, late or twice; today’s stays', async () => {
    await worker.region.redis.hset('keys:test-renders:day:2026-01-01', {
      key_x: 100,
      key_y: 7,
      '-': '-'.repeat(65),
    })
    await worker.region.redis.hset('keys:test-renders:day:2026-01-02', { key_x: 1 })
    await worker.region.redis.hset(`keys:test-renders:day:${today}`, { key_x: 5 })
    await Promise.all([resetTestQuotas(worker.context), resetTestQuotas(worker.context)])
    await resetTestQuotas(worker.context)
    expect(await archived('2026-01-01')).toEqual([
      { key_id: 'key_x', closed_renders: '100' },
      { key_id: 'key_y', closed_renders: '7' },
    ])
    expect(await archived('2026-01-02')).toEqual([{ key_id: 'key_x', closed_renders: '1' }])
    expect(await counters('2026-01-01')).toEqual({})
    expect(await counters(today)).toEqual({ key_x: '5' })
  })

  it('keeps yesterday’s counter a day longer, for a clock that goes back over midnight', async () => {
    const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10)
    await worker.region.redis.hset(`keys:test-renders:day:${yesterday}`, { key_x: 3 })
    await resetTestQuotas(worker.context)
    expect(await archived(yesterday)).toEqual([{ key_id: 'key_x', closed_renders: '3' }])
    expect(await counters(yesterday)).toEqual({ key_x: '3' })
  })

  it('keeps the larger count when it died between archive and removal', async () => {
    await worker.region.redis.hset('keys:test-renders:day:2026-01-01', { key_x: 40, key_y: 9 })
    await resetTestQuotas(worker.context)
    expect(await archived('2026-01-01')).toEqual([
      { key_id: 'key_x', closed_renders: '100' },
      { key_id: 'key_y', closed_renders: '9' },
    ])
  })
})
