import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import { Rollup } from '../../src/workers/metering/Rollup.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let worker: TestWorker
beforeAll(async () => {
  worker = await startWorkerContext()
})
afterAll(() => worker.stop())

const jobs = (rollup: Rollup, keyId: string, from: number, count: number) =>
  Array.from({ length: count }, (_, place) =>
    rollup.add({
      name: 'roll-up-events',
      data: {
        events: [
          toRow({
            id: `${keyId}-${from + place}`,
            keyId,
            accountId: 'acct_1',
            at: Date.now(),
            status: 200,
            units: 1,
          }),
        ],
      },
    }),
  )
const requests = async (keyId: string) =>
  (await readWindows(worker.em(), [keyId], new Date())).get(keyId)?.['24h'].requests ?? 0
const isSettled = async (job: Promise<void>) => {
  let settled = false
  job.then(() => {
    settled = true
  })
  await setImmediate()
  return settled
}

it('few jobs wait for others to share a transaction with, many do not', async () => {
  const rollup = new Rollup(worker.context.orm, () => worker.clock.now, { everyMs: 3_600_000 })
  await Promise.all(jobs(rollup, 'key_pace', 0, 1))
  expect(await requests('key_pace')).toBe(1)

  const waiting = jobs(rollup, 'key_pace', 1, 50)
  // Others, without a pause and one after the other, come and go meanwhile.
  const other = new Rollup(worker.context.orm, () => worker.clock.now)
  for (let one = 0; one < 20; one++) await Promise.all(jobs(other, 'key_other', one, 1))
  expect(await isSettled(waiting[0] as Promise<void>)).toBe(false)
  expect(await requests('key_pace')).toBe(1)

  await Promise.all([...waiting, ...jobs(rollup, 'key_pace', 51, 50)])
  expect(await requests('key_pace')).toBe(101)
})

it('a job that waits is counted when its time has come, though none follows', async () => {
  const rollup = new Rollup(worker.context.orm, () => worker.clock.now, { everyMs: 20 })
  await Promise.all(jobs(rollup, 'key_late', 0, 1))
  await Promise.all(jobs(rollup, 'key_late', 1, 3))
  expect(await requests('key_late')).toBe(4)
})
