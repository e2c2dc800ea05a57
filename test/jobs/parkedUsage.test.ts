import { randomUUID } from 'node:crypto'
import { type Job, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JobData } from '../../src/domain/jobs.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import { METERING_OPTIONS } from '../../src/platform/retryOptions.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { runJob } from '../../src/workers/runJob.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

let test: TestWorker
let connection: Redis
beforeAll(async () => {
  test = await startWorkerContext()
  connection = new Redis(test.redis.url, { maxRetriesPerRequest: null })
})
let worker: Worker | undefined
afterEach(async () => {
  await worker?.close()
  await queue().obliterate({ force: true })
})
afterAll(async () => {
  connection.disconnect()
  await test.stop()
})

const queue = () => test.context.queues.byName.metering
const run = (process: (job: Job) => Promise<unknown>) => {
  worker = new Worker('metering', process, {
    connection,
    settings: { backoffStrategy: () => 60_000 },
  })
}

/** What Postgres takes for no text: no route lets a NUL through, so this stands for what nobody has thought of. */
const POISON = 'key_\0'

const batchOf = (keyId: string): JobData<'roll-up-verifications'> => ({
  batchId: randomUUID(),
  region: 'primary',
  at: Date.now(),
  keys: [keyId],
  accounts: ['acct_1'],
  contexts: [[null, null, null]],
  groups: [[1, 0, 0, 0, 1, 0]],
  results: '0,1,1,1',
})
const requestsOf = async (keyId: string) =>
  (await readWindows(test.em(), [keyId], new Date())).get(keyId)?.['24h'].requests

/** A job with so many failed runs behind it, stored with these options. */
async function stored(data: JobData<'roll-up-verifications'>, attempts: number, options: object) {
  const job = await queue().add('roll-up-verifications', data, options)
  await connection.hset(`bull:metering:${job.id}`, 'atm', attempts)
  return job
}

const current = JSON.parse(METERING_OPTIONS)
const ofAnOlderRelease = { ...current, attempts: 1_000, removeOnFail: { count: 1 } }

describe('nothing acknowledged is given up', () => {
  it('a poisoned job beside 50 good ones: those are counted', async () => {
    const good = Array.from({ length: 50 }, () => batchOf('key_good'))
    const outcomes = await Promise.allSettled(
      [...good.slice(0, 25), batchOf(POISON), ...good.slice(25)].map((batch) =>
        handlers['roll-up-verifications'](test.context, batch),
      ),
    )
    expect(
      outcomes.map(({ status }, place) => (status === 'rejected' ? place : -1)).filter((at) => at >= 0),
    ).toEqual([25])
    expect(await requestsOf('key_good')).toBe(50)
  })

  it.each([
    ['by this release', current],
    ['by an older one', ofAnOlderRelease],
  ])('a job stored %s that has failed 5,000 times is tried again', async (_name, options) => {
    const job = await stored(batchOf('key_tried'), 5_000, options)
    const context = {
      ...test.context,
      rollup: {
        add: () => Promise.reject(new Error('whatever it is')),
      } as unknown as TestWorker['context']['rollup'],
    }
    run((each) => runJob(context, each))
    await eventually(
      () => job.getState(),
      (state) => state === 'delayed',
    )
    expect(Number(await connection.hget(`bull:metering:${job.id}`, 'atm'))).toBe(5_001)
  })

  it('what Postgres refuses is parked after 20 runs and never removed, however many there are', async () => {
    const parked = await Promise.all(
      Array.from({ length: 5 }, () => stored(batchOf(POISON), 19, ofAnOlderRelease)),
    )
    const early = await stored(batchOf(POISON), 3, current)
    run((each) => runJob(test.context, each))
    await eventually(
      () => queue().getFailedCount(),
      (count) => count === 5,
    )
    await eventually(
      () => early.getState(),
      (state) => state === 'delayed',
    )
    const failed = await queue().getFailed()
    expect(new Set(failed.map(({ id }) => id))).toEqual(new Set(parked.map(({ id }) => id)))
    expect(failed[0]?.failedReason).toBe('unsupported Unicode escape sequence')
    expect(failed[0]?.stacktrace?.length).toBeLessThanOrEqual(3)
    const metrics = await test.context.metrics.registry.metrics()
    expect(metrics).toContain('keys_jobs_total{job="roll-up-verifications",outcome="parked"} 5')
    await queue().retryJobs({ state: 'failed' })
    await eventually(
      () => queue().getFailedCount(),
      (count) => count === 5,
    )
  })
})
