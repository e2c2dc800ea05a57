import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JobData } from '../../src/domain/jobs.ts'
import { claimIdOf } from '../../src/domain/metering/claimId.ts'
import { ADMIT, MONTH, PER_DAY, QUOTA } from '../../src/domain/metering/decisionCodes.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { closedDays } from '../support/closedDays.ts'
import { recordedEvents } from '../support/eventRecord.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

const DAY = 86_400_000
const noon = Date.parse('2026-11-23T12:00:30Z')

let worker: TestWorker
let on: ReturnType<typeof closedDays>
beforeAll(async () => {
  worker = await startWorkerContext()
  on = closedDays(worker)
  worker.clock.now = new Date(noon)
})
afterAll(() => worker.stop())

type Batch = JobData<'roll-up-verifications'>
const batchOf = (accountId: string, keyId: string, codes: number[], at = noon): Batch => ({
  ...{ batchId: randomUUID(), region: 'primary', at, keys: [keyId], accounts: [accountId] },
  ...{ contexts: [[null, null, null]], groups: [[1, 0, 1, ...codes.flatMap((code) => [code, 1, 0])]] },
  results: codes.map((code) => `${code},1,1,1`).join(','),
})
const count = (batch: Batch) => handlers['roll-up-verifications'](worker.context, batch)
const reached = async (accountId: string) =>
  (await recordedEvents(worker, { accountId, types: ['api_key.quota_reached'] })).map(
    ({ subject, time, data: { quota, period, limit, apiKey } }) => ({
      ...{ subject, time, quota, period, limit, keyId: (apiKey as { id: string }).id },
    }),
  )

it('promise 14: the 101st render of a test key is announced once a day, however often it is refused', async () => {
  const accountId = await on.commands.account()
  const keyId = await on.key(accountId, 'test')
  await count(batchOf(accountId, keyId, [...Array(100).fill(ADMIT), PER_DAY]))
  expect(await reached(accountId)).toEqual([])

  const first = batchOf(accountId, keyId, [QUOTA])
  await Promise.all([
    count(first),
    count(first),
    handlers['take-back-verifications'](worker.context, batchOf(accountId, keyId, [QUOTA])),
    ...Array.from({ length: 4 }, () => count(batchOf(accountId, keyId, [QUOTA, QUOTA], noon + 60_000))),
  ])
  await count(first)
  const refusals = [{ keyId, accountId, at: noon - (noon % DAY), code: QUOTA, count: 7 }]
  await worker.context.rollup.add({
    name: 'merged-refusals',
    data: { claim: claimIdOf(`refusals ${keyId}`), refusals },
  })
  const [today, ...more] = await reached(accountId)
  expect(more).toEqual([])
  expect(today).toMatchObject({
    subject: keyId,
    quota: 'test-renders',
    period: '2026-11-23',
    limit: 100,
    keyId,
  })

  // Together: they share a transaction, in which one of two is new.
  const days = [noon, noon + DAY].map((at) => batchOf(accountId, keyId, [QUOTA], at))
  await Promise.all(days.map(count))
  await count(batchOf(accountId, keyId, [QUOTA], noon + DAY))
  expect((await reached(accountId)).map(({ period, time }) => [period, time])).toEqual([
    ['2026-11-23', today?.time],
    ['2026-11-24', '2026-11-24T12:00:00.000Z'],
  ])
})

it('promise 14: the hard limit of an account’s month is announced once a month, whichever keys it refuses', async () => {
  const accountId = await on.commands.account()
  const keys = [await on.key(accountId), await on.key(accountId)]
  for (const keyId of keys) await count(batchOf(accountId, keyId, [ADMIT, MONTH]))
  for (const keyId of keys) await count(batchOf(accountId, keyId, [MONTH], noon + 8 * DAY))
  const [limit] = await worker
    .em()
    .execute<{ renders: number }[]>(
      `select (limits ->> 'rendersPerMonth')::int as renders from plan where name = 'business'`,
    )
  const of = { subject: accountId, quota: 'month-renders', limit: limit?.renders, keyId: keys[0] }
  expect(await reached(accountId)).toEqual([
    { ...of, period: '2026-11', time: '2026-11-23T12:00:00.000Z' },
    { ...of, period: '2026-12', time: '2026-12-01T12:00:00.000Z' },
  ])
})

it('an erased account announces no quota', async () => {
  const accountId = await on.commands.account()
  const keyId = await on.key(accountId, 'test')
  const commandId = await on.commands.submit(
    'erase-account',
    accountId,
    {},
    { actor: on.actor, targetId: accountId },
  )
  await handlers['erase-account'](worker.context, { commandId })
  await count(batchOf(accountId, keyId, [QUOTA]))
  expect(await reached(accountId)).toEqual([])
})
