import { afterAll, beforeAll, expect, it } from 'vitest'
import { FORGET_CLAIMS } from '../../src/domain/metering/claims.ts'
import { executeBound } from '../../src/domain/sql.ts'
import { DAY_MS as DAY } from '../../src/domain/time.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

it('claims of more than 36 days ago are forgotten in their order, and no statement reads the table from its start', async () => {
  const em = worker.em()
  const now = worker.clock.now.getTime()
  // Many in one instant, as a transaction makes them, and many instants.
  for (const [count, ago] of [
    [50_000, 40],
    [30_000, 37],
    [20_000, 35],
  ] as const) {
    await em.execute(
      `insert into usage_claim (id, claimed_at)
       select gen_random_uuid(), ?::timestamptz + (n / 25000) * interval '1 minute' from generate_series(1, ?) as n`,
      [new Date(now - ago * DAY), count],
    )
  }
  await em.execute('analyze usage_claim')
  const [size] = await em.execute<{ each: number }[]>(
    `select (pg_total_relation_size('usage_claim') / 100000)::int as each`,
  )
  // What docs/operating.md says of the disk for usage counts with 100 bytes.
  expect(Math.abs((size?.each ?? 0) - 100)).toBeLessThan(10)
  const plan = await executeBound<Record<string, string>>(em, `explain ${FORGET_CLAIMS}`, [
    new Date(now - 39 * DAY).toISOString(),
    new Date(now - 36 * DAY),
    20_000,
  ])
  const text = plan.map((row) => Object.values(row)[0]).join('\n')
  expect(text).toContain('usage_claim_claimed_at')
  expect(text).toContain('Tid Scan')
  expect(text).not.toContain('Seq Scan')

  await handlers['expire-records'](worker.context, {})
  const [left] = await em.execute<{ n: string; old: string }[]>(
    `select count(*) as n, count(*) filter (where claimed_at < ?) as old from usage_claim`,
    [new Date(now - 36 * DAY)],
  )
  expect([Number(left?.n), Number(left?.old)]).toEqual([20_000, 0])
})
