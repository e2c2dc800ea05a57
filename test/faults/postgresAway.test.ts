import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PRIMARY } from '../../src/domain/regions.ts'
import { RedisNames, usageQueues } from '../../src/platform/redisNames.ts'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type Service, type ServiceProcess, startService } from '../support/startService.ts'

let service: Service
let proxy: FlakyProxy
let redis: Redis
let queues: Queue[]
let behindProxy: Record<string, string>
beforeAll(async () => {
  service = await startService()
  const { port, pathname, username, password } = new URL(service.databaseUrl)
  proxy = await startFlakyProxy(Number(port))
  behindProxy = { DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${proxy.port}${pathname}` }
  redis = new Redis(service.redis.url)
  queues = usageQueues(PRIMARY).map((name) => new Queue(name, { connection: redis }))
})
afterAll(async () => {
  await Promise.all(queues.map((queue) => queue.close()))
  redis.disconnect()
  await service.stop()
  await proxy.close()
})

/** The only worker from now on, which reaches Postgres by the proxy alone. */
async function workBehindProxy(): Promise<ServiceProcess> {
  await Promise.all(service.workers.splice(0).map((one) => one.end()))
  const worker = service.startWorker(behindProxy)
  service.workers.push(worker)
  return worker
}

/** Every job with usage that is not done, with how many of its runs have failed. */
const unfinished = async () =>
  (await Promise.all(queues.map((queue) => queue.getJobs(['active', 'wait', 'delayed', 'failed'])))).flat()
/** What waits to be counted: batches of verifications in slots, and reports. */
async function uncounted(): Promise<number> {
  const slots = await redis.keys(new RedisNames(false).slot('*'))
  const batches = await Promise.all(slots.map((slot) => redis.llen(slot)))
  const reports = (await unfinished()).filter(({ name }) => name === 'roll-up-events')
  return batches.reduce((sum, length) => sum + length, reports.length)
}

it('promise 2: what is acknowledged while Postgres is away costs no attempt, and is counted when it is back', async () => {
  const account = await service.account('enterprise')
  const { id: keyId, key } = await account.createKey()
  let worker = await workBehindProxy()
  await eventually(
    async () => service.output.join(''),
    (output) => output.match(/"msg":"working"/g)?.length === 2,
  )
  proxy.cut()

  for (let count = 0; count < 60; count++) {
    expect((await service.server.post('/verify', { key })).body.valid).toBe(true)
  }
  const events = Array.from({ length: 40 }, () => ({
    id: crypto.randomUUID(),
    at: new Date().toISOString(),
    keyId,
    status: 500,
  }))
  const reported = await service.server.post('/usage/events', { events })
  expect(reported.body).toEqual({ accepted: 40, duplicates: 0 })

  await eventually(
    async () => service.output.join(''),
    (output) => output.includes('usage waits for Postgres'),
  )
  expect(await uncounted()).toBe(61)
  expect(new Set((await unfinished()).map(({ attemptsMade }) => attemptsMade))).toEqual(new Set([0]))

  // A worker that is stopped meanwhile gives its jobs back and ends in good order.
  service.workers.pop()
  expect(await worker.end()).toBe(0)
  worker = service.startWorker(behindProxy)
  service.workers.push(worker)
  expect(await uncounted()).toBe(61)

  proxy.mend()
  const usage = await eventually(
    async () => (await account.get(`/api-keys/${keyId}/usage`)).body.windows['24h'],
    ({ requests }) => requests >= 100,
  )
  expect(usage).toMatchObject({ requests: 100, serverErrors: 40 })
  await eventually(unfinished, (jobs) => jobs.length === 0)
  expect(await service.cli('usage', 'parked', '--retry')).toMatchObject({ parked: 0 })
  expect((await account.get(`/api-keys/${keyId}/usage`)).body.windows['24h'].requests).toBe(100)
}, 120_000)
