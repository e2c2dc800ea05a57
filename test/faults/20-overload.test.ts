import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MINUTE_MS } from '../../src/domain/time.ts'
import { openQueues, type Queues } from '../../src/platform/queues.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { RollingLoad } from '../support/RollingLoad.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { startReceiver } from '../support/receivers.ts'
import { shiftedEnv } from '../support/shiftedEnv.ts'
import { type Service, startService } from '../support/startService.ts'

/** SEED repeats which api is asked. */
const seed = anySeed()
const random = createRandom(seed)
/** Calls that one account may make in a minute; half of them with one key. A change counts as five. */
const CALLS = 3_000
/** The noisy one asks for ten times as many changes, and for 50 times as many verifications as its plan has. */
const EVERY_MS = 60_000 / (10 * (CALLS / 2 / 5))
/** The other one keeps within its limits. */
const REST_MS = 1_000
/** How much of each kind of work the other account gets done between two steps. */
const BETWEEN = 2

let receiver: Awaited<ReturnType<typeof startReceiver>>
let service: Service
let queues: Queues
beforeAll(async () => {
  receiver = await startReceiver()
  service = await startService({
    apis: 2,
    workers: 2,
    env: { CALLS_PER_MINUTE: String(CALLS), WEBHOOK_ALLOW_PRIVATE: 'true' },
  })
  queues = openQueues(service.redis.url)
})
afterAll(async () => {
  await queues.close()
  await service.stop()
  await receiver.stop()
})

const urls = () => service.apis.map(({ url }) => url)

type Kind = {
  statuses: Map<number, number>
  ask: () => Promise<{ status: number; body: { valid?: boolean } }>
}

/** Asks in an open loop: however long answers take, the next call comes. `statuses` counts them; 0 is no answer. */
async function startNoise() {
  const { adminKey, createKey } = await service.account('free')
  const { id, key } = await createKey()
  const body = { name: 'Noise', type: 'test' }
  const calls: Kind = {
    statuses: new Map(),
    ask: () => createClient(random.pick(urls()), adminKey).post('/api-keys', body),
  }
  const verifications: Kind = {
    statuses: new Map(),
    ask: () => createClient(random.pick(urls()), service.serviceToken).post('/verify', { key }),
  }
  let admitted = 0
  const asking = new Set<Promise<void>>()
  const askOnce = async ({ statuses, ask }: Kind) => {
    const { status, body: answer } = await ask().catch(() => ({ status: 0, body: { valid: false } }))
    // What is refused by the limit of a minute is a 200 that says so.
    const counted = answer.valid === false && status === 200 ? 429 : status
    statuses.set(counted, (statuses.get(counted) ?? 0) + 1)
    if (answer.valid) admitted += 1
  }
  const timer = setInterval(() => {
    for (const kind of [calls, verifications]) {
      const asked = askOnce(kind).finally(() => asking.delete(asked))
      asking.add(asked)
    }
  }, EVERY_MS)
  return {
    ...{ keyId: id, calls, verifications },
    admitted: () => admitted,
    end: async () => {
      clearInterval(timer)
      await Promise.all(asking)
    },
  }
}

/** Another account looks at itself all the time. Where an api is gone it asks another one. `refused`: no 200s. */
function startLooking(adminKey: string) {
  const refused: number[] = []
  let looks = 0
  let isOver = false
  const running = (async () => {
    for (; !isOver; await delay(200)) {
      const answer = await createClient(random.pick(urls()), adminKey)
        .get('/account')
        .catch(() => undefined)
      if (answer && answer.status !== 200) refused.push(answer.status)
      if (answer) looks += 1
    }
  })()
  return {
    refused,
    end: async () => {
      isOver = true
      await running
      expect(looks).toBeGreaterThan(10)
    },
  }
}

/** Replaces every process. The next one is ready before the old one stops; callers notice by connection errors. */
async function rollAll(between: () => Promise<void>) {
  for (const worker of service.workers.slice()) {
    service.workers.push(await service.startReadyWorker())
    service.workers.splice(service.workers.indexOf(worker), 1)
    expect(await worker.end('SIGTERM')).toBe(0)
    await between()
  }
  for (const api of service.apis.slice()) {
    service.apis.push(await service.startApi())
    expect(await api.end('SIGTERM')).toBe(0)
    service.apis.splice(service.apis.indexOf(api), 1)
    await between()
  }
}

const sql = async (text: string) => (await runSql(service.databaseUrl, text)).flat()

/** Waits until nothing is left to do: in the queues, in the outbox, and of what was asked for. */
async function drained() {
  await eventually(
    async () => {
      const waiting = await Promise.all(
        [...queues.all.values()].map((queue) => queue.getJobCountByTypes('wait', 'active', 'prioritized')),
      )
      return waiting.reduce((sum, count) => sum + count, 0)
    },
    (count) => count === 0,
  )
  const open = `select 'command' as what from command where status in ('pending', 'applied')
    union all select 'outbox' from outbox union all select 'notification' from notification where status = 'pending'`
  await eventually(
    () => sql(open),
    (rows) => rows.length === 0,
  )
}

/** What was counted of these keys, by key. */
async function countedOf(keyIds: string[]) {
  const rows = await sql(
    `select key_id, sum(requests)::int as requests from usage_day where key_id = any('{${keyIds.join(',')}}') group by 1`,
  )
  return new Map(rows.map(({ key_id, requests }) => [String(key_id), Number(requests)]))
}

/** Every admitted verification and every acknowledged event is counted once. Of `broken` ones nobody knows. */
async function expectAllCounted({ verified, reported, broken }: RollingLoad) {
  const keyIds = [...new Set([...verified.keys(), ...reported.keys()])]
  const counted = await countedOf(keyIds)
  const expected = keyIds.map((id) => (verified.get(id) ?? 0) + (reported.get(id) ?? 0))
  const beyond = keyIds.map((id, place) => (counted.get(id) ?? 0) - (expected[place] ?? 0))
  expect(Math.min(...beyond)).toBeGreaterThanOrEqual(0)
  expect(beyond.reduce((sum, more) => sum + more, 0)).toBeLessThanOrEqual(broken)
}

const told = () =>
  receiver
    .at('/hook')
    .map(({ headers, body }) => ({ id: headers['webhook-id'], ...JSON.parse(String(body)) }))

it(`promises 1, 2, 7 and 12: a noisy tenant asks in an open loop while every process is replaced: nothing of another's is refused, lost or doubled, and its alert fires and resolves once (seed ${seed})`, async () => {
  const account = await service.account('enterprise')
  const hook = { type: 'webhook', name: 'Hook', url: `${receiver.url}/hook` }
  const channel = await account.post('/channels', hook)
  const rule = {
    name: 'Many',
    metric: 'requests',
    window: '5m',
    threshold: 20,
    channelIds: [channel.body.id],
  }
  expect((await account.post('/alerts', rule)).status).toBe(201)
  const load = new RollingLoad({
    urls,
    adminKey: account.adminKey,
    serviceToken: service.serviceToken,
    restMs: REST_MS,
    random,
  })
  await load.start(3)
  const noise = await startNoise()
  const look = startLooking(account.adminKey)
  try {
    await load.progress(BETWEEN)
    await rollAll(() => load.progress(BETWEEN))
  } finally {
    await Promise.all([noise.end(), look.end(), load.stop()])
  }
  expect([load.refused, look.refused, service.died]).toEqual([[], [], []])
  const { calls, verifications, keyId } = noise
  for (const { statuses } of [calls, verifications]) {
    expect(statuses.get(429)).toBeGreaterThan(0)
    expect(
      [...statuses.keys()].filter((status) => ![0, 200, 201, 202, 403, 429, 503].includes(status)),
    ).toEqual([])
  }

  await drained()
  await expectAllCounted(load)
  expect((await countedOf([keyId])).get(keyId)).toBeGreaterThanOrEqual(noise.admitted())
  const stored = await sql(`select id, name, status from api_key where account_id = '${account.accountId}'`)
  const seen = new Map(stored.map(({ id, name, status }) => [String(id), { name, status }]))
  for (const [id, name] of load.names)
    expect(seen.get(id)).toEqual({ name, status: load.revoked.has(id) ? 'revoked' : 'active' })

  const alerts = () => told().filter(({ type }) => type !== 'alert.test')
  await eventually(
    async () => alerts(),
    ({ length }) => length > 0,
  )
  // Its window is empty by then.
  for (const worker of service.workers.splice(0)) {
    service.workers.push(service.startWorker(shiftedEnv(8 * MINUTE_MS)))
    expect(await worker.end('SIGTERM')).toBe(0)
  }
  await eventually(
    async () => alerts(),
    (all) => all.some(({ type }) => type === 'alert.resolved'),
    90_000,
  )
  await drained()
  expect(alerts().map(({ type }) => type)).toEqual(['alert.firing', 'alert.resolved'])
}, 240_000)
