import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../src/dev/freePort.ts'
import { type JobName, jobs } from '../../src/domain/jobs.ts'
import { openQueues } from '../../src/platform/queues.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { failingEnv } from '../support/failingEnv.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'

/** Longer than a worker's locks of its jobs hold (10 s), and than the next look for such jobs. */
const BLOCKED_MS = 35_000

let service: Service
beforeAll(async () => {
  service = await startService({ env: { COMMAND_WAIT_MS: '60000' } })
})
afterAll(() => service.stop())

/** How often the jobs of commands of this kind were taken from a worker whose lock was over. */
async function takenOver(kind: JobName): Promise<number> {
  const queues = openQueues(service.redis.url)
  const done = await queues.byName[jobs[kind].queue].getJobs('completed')
  await queues.close()
  return done.filter(({ name }) => name === kind).reduce((sum, { stalledCounter }) => sum + stalledCounter, 0)
}

const wrote = (text: string) =>
  eventually(
    async () => service.output.join(''),
    (output) => output.includes(text),
    90_000,
  )

/** The seconds for which a process was blocked, as its `/metrics` say. */
async function blockedSeconds(url: string): Promise<number> {
  const headers = { Authorization: `Basic ${btoa('operator:operator-password')}` }
  const text = await (await fetch(`${url}/metrics`, { headers })).text()
  return Number(/^keys_event_loop_blocked_seconds_total (.*)$/m.exec(text)?.[1])
}

/** As Prometheus does: nobody waits for the answer. */
const askInVain = (url: string) =>
  fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1_000) }).catch(() => {})

it('promises 1, 2, 3 and 9: a worker does nothing for 35 s while another one works: nothing is done twice, no late write brings a revoked key back, and its metric says so', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const point = { after: 'update "api_key"', by: 'block', ms: BLOCKED_MS } as const
  for (const worker of service.workers.splice(0)) await worker.end('SIGTERM')
  const blocked = service.startWorker({ ...failingEnv(point), WORKER_PORT: String(port) })
  service.workers.push(blocked)
  const account = await service.account('enterprise')
  const { id, key } = await account.createKey()
  const load = await startLoad(service)
  await eventually(
    async () => load.created.size,
    (count) => count >= 5,
  )
  // Its jobs are in hand in every state when it renames the key, which no region knows yet.
  const creates = Array.from({ length: 20 }, () => account.createKey())
  const renaming = account.patch(`/api-keys/${id}`, { name: 'Renamed' })
  await wrote(`${blocked.pid} is blocked`)
  await askInVain(url)

  service.workers.push(service.startWorker())
  expect((await renaming).body.name).toBe('Renamed')
  expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
  await Promise.all(creates)
  await eventually(
    () => takenOver('update-api-key'),
    (times) => times === 1,
  )
  await wrote(`${blocked.pid} goes on`)
  expect(
    await eventually(
      () => blockedSeconds(url),
      (seconds) => seconds > 0,
    ),
  ).toBeGreaterThan(30)
  await load.end()
  const { length } = creates
  const [unfinished, keys] = await runSql(
    service.databaseUrl,
    `select from command where status in ('pending', 'applied')`,
    `select from api_key where account_id = '${account.accountId}'`,
  )
  expect(unfinished).toEqual([])
  expect(keys?.length).toBe(length + 2)
  // An api that has not seen the key knows of it what the region says.
  const fresh = createClient((await service.startApi()).url, service.serviceToken)
  for (const server of [service.server, fresh])
    expect((await server.post('/verify', { key })).body.code).toBe('REVOKED')
}, 240_000)

it('an api that does nothing for a while says so in its metric', async () => {
  const point = { after: 'insert into command', by: 'block', ms: 3_000 } as const
  const api = await service.startApi(failingEnv(point))
  const account = await service.account('pro', api.url)
  await account.createKey()
  expect(
    await eventually(
      () => blockedSeconds(api.url),
      (seconds) => seconds > 0,
    ),
  ).toBeGreaterThan(1)
}, 120_000)
