import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type FlakyProxy, startFlakyProxy } from '../support/flakyProxy.ts'
import { type Service, type ServiceProcess, startService } from '../support/startService.ts'

let service: Service
let proxy: FlakyProxy
let redis: Redis
let metering: Queue
let behindProxy: Record<string, string>
beforeAll(async () => {
  service = await startService()
  const { port, pathname, username, password } = new URL(service.databaseUrl)
  proxy = await startFlakyProxy(Number(port))
  behindProxy = { DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${proxy.port}${pathname}` }
  redis = new Redis(service.redis.url)
  metering = new Queue('metering', { connection: redis })
})
afterAll(async () => {
  await metering.close()
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

/** Every metering job that is not done, with how many of its runs have failed. */
const unfinished = () => metering.getJobs(['active', 'wait', 'delayed', 'failed'])

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
  await eventually(unfinished, (jobs) => jobs.length === 61)
  expect((await unfinished()).map(({ attemptsMade }) => attemptsMade)).toEqual(Array(61).fill(0))

  // A worker that is stopped meanwhile gives its jobs back and ends in good order.
  service.workers.pop()
  expect(await worker.end()).toBe(0)
  worker = service.startWorker(behindProxy)
  service.workers.push(worker)
  expect((await unfinished()).length).toBe(61)

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
