import { randomUUID } from 'node:crypto'
import { type Job, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toRow } from '../../src/domain/metering/usageEvent.ts'
import { METERING_OPTIONS } from '../../src/platform/retryOptions.ts'
import { scrubMeteringJob } from '../../src/workers/erasure/scrubMeteringJob.ts'
import { handlers } from '../../src/workers/handlers.ts'
import { runJob } from '../../src/workers/runJob.ts'
import { createErasures } from '../support/createErasures.ts'
import { eventually } from '../support/eventually.ts'
import { startWorkerContext, type TestWorker } from '../support/workerContext.ts'

type Used = { accountId: string; keyId: string }

let worker: TestWorker
let redis: Redis
let { accountWithKey, begin, remove, unitsOf } = {} as ReturnType<typeof createErasures>
beforeAll(async () => {
  worker = await startWorkerContext()
  redis = new Redis(worker.redis.url, { maxRetriesPerRequest: null })
  ;({ accountWithKey, begin, remove, unitsOf } = createErasures(worker))
})
afterAll(async () => {
  redis.disconnect()
  await worker.stop()
})

const queue = () => worker.context.queues.byName.metering
const inRedis = async (job: Job) => JSON.stringify(await redis.hgetall(queue().toKey(job.id ?? '')))
const unitsCounted = async ({ accountId }: Used) =>
  (
    await worker
      .em()
      .execute<{ units: string }[]>('select units from usage_day where account_id = ?', [accountId])
  ).map(({ units }) => Number(units))
const secrets = ({ keyId }: Used) => [keyId, '192.0.2.99', 'zebra', 'order-4711']

/** A job in which the usage of one, which Postgres refuses, is beside that of others. */
const events = (one: Used, ...others: Used[]) => {
  const at = worker.clock.now.getTime()
  const rows = [{ ...one, keyId: `${one.keyId}\0` }, ...others].map((used, place) => {
    const id = `\0reporter\0${place === 0 ? 'order-4711' : 'another'}-${randomUUID()}`
    const facts = { ip: '192.0.2.99', endpoint: '/zebra', method: 'GET' }
    return toRow({ ...used, id, at, status: 200, units: 10 + place, ...(place === 0 ? facts : {}) })
  })
  return { name: 'roll-up-events', data: { events: rows } }
}
const verifications = (one: Used, other: Used) => ({
  name: 'roll-up-verifications',
  data: {
    ...{ batchId: randomUUID(), region: 'primary', at: worker.clock.now.getTime() },
    ...{ keys: [`${one.keyId}\0`, other.keyId], accounts: [one.accountId, other.accountId] },
    contexts: [
      ['192.0.2.99', '/zebra', 'GET'],
      [null, null, null],
    ],
    groups: [
      [1, 0, 0, 0, 10, 0],
      [2, 0, 0, 0, 11, 1],
    ],
    results: '0,1,1,1,0,1,1,1',
  },
})
/** The same job as Postgres takes it. */
const readable = ({ name, data }: { name: string; data: object }) => ({
  name,
  data: JSON.parse(JSON.stringify(data).replaceAll('\\u0000"', '"')) as object,
})
async function stored({ name, data }: { name: string; data: object }, failures: number): Promise<Job> {
  const job = await queue().add(name, data, JSON.parse(METERING_OPTIONS))
  await redis.hset(queue().toKey(job.id ?? ''), 'atm', failures)
  return job
}
/** Runs the queue until the task is done. */
async function working<Value>(task: () => Promise<Value>): Promise<Value> {
  const running = new Worker('metering', (job) => runJob(worker.context, job), {
    connection: redis,
    settings: { backoffStrategy: () => 3_600_000 },
  })
  try {
    return await task()
  } finally {
    await running.close()
  }
}
const reaches = (job: Job, state: string) =>
  eventually(
    () => job.getState(),
    (present) => present === state,
  )
/** A job that has been counted is not kept. */
const isGone = (job: Job) => reaches(job, 'unknown')
async function dataOf(job: Job) {
  const { name, data } = (await queue().getJob(job.id ?? '')) as Job
  return { name, data }
}

describe('a metering job of several accounts that Postgres refuses', () => {
  it.each([
    ['events', events],
    ['verifications', verifications],
  ])(
    'of %s: keeps only the units of an account that is erased, and counts the others once',
    async (_, make) => {
      const [one, other] = [await accountWithKey(), await accountWithKey()]
      const parked = await stored(make(one, other), 19)
      const failed = await stored(make(one, other), 3)
      await working(() => Promise.all([reaches(parked, 'failed'), reaches(failed, 'delayed')]))
      for (const job of [parked, failed])
        for (const text of secrets(one).slice(0, 3)) expect(await inRedis(job)).toContain(text)

      const commandId = await begin(one.accountId)
      await remove(commandId, one.accountId)
      for (const job of [parked, failed])
        for (const text of secrets(one)) expect(await inRedis(job)).not.toContain(text)
      expect([await unitsOf(one.accountId), await unitsCounted(other)]).toEqual([[], []])

      await queue().retryJobs({ state: 'failed' })
      await failed.promote()
      const works = await Promise.all([parked, failed].map(dataOf))
      await working(() => Promise.all([parked, failed].map(isGone)))
      expect([await unitsOf(one.accountId), await unitsCounted(other)]).toEqual([[20], [22]])
      // However often.
      for (const { name, data } of works) await handlers[name as 'roll-up-events'](worker.context, data)
      expect([await unitsOf(one.accountId), await unitsCounted(other)]).toEqual([[20], [22]])
    },
  )

  it.each([
    ['events', events],
    ['verifications', verifications],
  ])(
    'of %s: loses what it has of an erased account while it still waits, and is not kept once it is counted',
    async (_, make) => {
      const [one, other] = [await accountWithKey(), await accountWithKey()]
      const waiting = await stored(readable(make(one, other)), 0)
      for (const text of secrets(one).slice(0, 3)) expect(await inRedis(waiting)).toContain(text)
      await remove(await begin(one.accountId), one.accountId)
      for (const text of secrets(one)) expect(await inRedis(waiting)).not.toContain(text)
      await working(() => isGone(waiting))
      expect([await unitsOf(one.accountId), await unitsCounted(other)]).toEqual([[10], [11]])
    },
  )

  it('is parked without what it has of accounts that were erased before', async () => {
    const [one, other] = [await accountWithKey(), await accountWithKey()]
    await remove(await begin(one.accountId), one.accountId)
    const { name, data } = events(other, one)
    const [, row] = data.events
    row?.splice(8, 3, '192.0.2.98', '/lion', 'GET')
    const job = await stored({ name, data }, 19)
    await working(() => reaches(job, 'failed'))
    for (const text of [one.keyId, '192.0.2.98', 'lion']) expect(await inRedis(job)).not.toContain(text)
    // What is of nobody who was erased stays, and is what the operator has to repair.
    expect(await inRedis(job)).toContain(other.keyId)
  })

  it('loses what two erasures take out of it at once', async () => {
    const accounts = await Promise.all([1, 2, 3, 4, 5].map(accountWithKey))
    const job = await stored(events(await accountWithKey(), ...accounts), 0)
    await Promise.all(
      accounts.map(({ accountId }) =>
        scrubMeteringJob(worker.region, job.id ?? '', async () => new Set([accountId])),
      ),
    )
    for (const { keyId } of accounts) expect(await inRedis(job)).not.toContain(keyId)
    await job.remove()
  })
})
