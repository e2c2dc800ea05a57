import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { JobName } from '../../src/domain/jobs.ts'
import { parseRequestId } from '../../src/domain/metering/requestId.ts'
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts'
import { openQueues, type Queues } from '../../src/platform/queues.ts'
import { runSql } from '../setup/runSql.ts'
import { createClient } from '../support/client.ts'
import { eventually } from '../support/eventually.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { startLoad } from '../support/startLoad.ts'
import { type Service, startService } from '../support/startService.ts'
import { type SteppedClock, startClock } from '../support/steppedClock.ts'

/** SEED repeats which clock steps when. */
const seed = anySeed()
const random = createRandom(seed)
const HOUR = 3_600
const NIGHTLY = ['reset-test-quotas', 'expire-records', 'fold-minutes', 'close-usage-days'] as const

/** Ten minutes before the next midnight, where every clock begins: in seconds ahead of the real one. */
const START = Math.ceil((DAY_MS - (Date.now() % DAY_MS)) / 1_000) - 600
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const TODAY = dayOf(Date.now() + START * 1_000)
const TOMORROW = dayOf(Date.now() + START * 1_000 + DAY_MS)

let clocks: Record<'api' | 'worker' | 'redis', SteppedClock>
let service: Service
let queues: Queues
beforeAll(async () => {
  const [api, worker, redis] = [await startClock(START), await startClock(START), await startClock(START)]
  clocks = { api, worker, redis }
  service = await startService({ envOf: { api: api.env, worker: worker.env, redis: redis.env } })
  queues = openQueues(service.redis.url)
})
beforeEach(async () => {
  for (const clock of Object.values(clocks)) await clock.set(START)
})
afterAll(async () => {
  await queues.close()
  await service.stop()
  for (const clock of Object.values(clocks)) await clock.stop()
})

const step = (name: keyof typeof clocks, seconds: number, rate?: number) =>
  clocks[name].set(START + seconds, rate)
const verify = (key: string, more: object = {}) => service.server.post('/verify', { key, ...more })
/** What is answered once the region has a lease again. */
const codeOf = async (key: string, more: object = {}) =>
  (
    await eventually(
      () => verify(key, more),
      ({ status }) => status === 200,
    )
  ).body.code

type Account = Awaited<ReturnType<Service['account']>>

/** Renders once, and counts what was admitted by its day at the region. */
async function render(key: string, admitted: Record<string, number>): Promise<string> {
  const { status, body } = await verify(key, { permission: 'renders:write' })
  if (status !== 200) return ''
  const day = dayOf(parseRequestId(body.requestId)?.at ?? 0)
  if (body.valid) admitted[day] = (admitted[day] ?? 0) + 1
  return body.code
}

/** Renders until the day is used up. */
const useUp = (key: string, admitted: Record<string, number>) =>
  eventually(
    () => render(key, admitted),
    (code) => code === 'QUOTA_EXCEEDED',
  )

const scheduleOf = (job: JobName) => queues.byName.maintenance.getJobScheduler(job)

/** Sets the worker's clock and waits until what runs every five seconds goes by it. */
async function stepWorker(seconds: number) {
  await step('worker', seconds)
  const since = clocks.worker.now()
  const next = async () => (await scheduleOf('sweep-commands'))?.next ?? 0
  await eventually(next, (at) => at > since && at < clocks.worker.now() + 15_000, 30_000)
}

const announced = async ({ accountId }: Account) => {
  const operator = createClient(service.url, await service.operatorToken())
  const { body } = await operator.get(`/events?types=usage.day_closed&accountId=${accountId}`)
  return (body.events as { data: { day: string; revision: number } }[]).map(({ data }) => data)
}

it('promises 5 and 14: the worker steps over midnight and back: what is done at night is done once for a date', async () => {
  const account = await service.account('enterprise')
  const { id, key } = await account.createKey({ type: 'test' })
  const admitted: Record<string, number> = {}
  await useUp(key, admitted)
  expect(admitted).toEqual({ [TODAY]: 100 })
  // The night is half an hour away, not a moment as here.
  const counted = `select from usage_day where key_id = '${id}' and requests = 100`
  await eventually(
    () => runSql(service.databaseUrl, counted),
    ([rows]) => rows?.length === 1,
  )
  /** How often each was set for its next run. */
  const turns = async () =>
    (await Promise.all(NIGHTLY.map(scheduleOf))).map((schedule) => schedule?.iterationCount ?? 0)
  const before = await eventually(turns, (all) => all.every((count) => count > 0))
  const archived = `select closed_renders::int as renders from quota_day
    where key_id = '${id}' and day = '${TODAY}'`
  await step('redis', HOUR)
  await stepWorker(HOUR)
  await eventually(
    () => runSql(service.databaseUrl, archived),
    ([rows]) => rows?.[0]?.renders === 100,
  )
  for (const seconds of [0, HOUR]) await stepWorker(seconds)
  expect(await turns()).toEqual(before.map((count) => count + 1))

  await step('redis', 0)
  expect(await codeOf(key, { permission: 'renders:write' })).toBe('QUOTA_EXCEEDED')

  await stepWorker(2 * HOUR)
  await eventually(
    () => announced(account),
    ({ length }) => length > 0,
  )
  for (const seconds of [0, 2 * HOUR]) await stepWorker(seconds)
  const revisions = (await announced(account)).map(({ day, revision }) => `${day} ${revision}`)
  expect(revisions).toEqual(revisions.map((_, place) => `${TODAY} ${place + 1}`))
}, 240_000)

it(`promise 3: clocks of the api and the worker step and drift: what was revoked, rotated or has expired is not accepted (seed ${seed})`, async () => {
  const account = await service.account('enterprise')
  const soon = new Date(clocks.redis.now() + HOUR_MS / 2).toISOString()
  const expiring = await account.createKey({ expiresAt: soon })
  const rotated = await account.createKey()
  expect((await account.post(`/api-keys/${rotated.id}/rotate`, { overlapSeconds: HOUR / 2 })).status).toBe(
    201,
  )
  const steps: [number, number, number][] = [
    [HOUR, 0, 1],
    [-HOUR, 0, 1],
    [0, HOUR, 1],
    [0, -HOUR, 1],
    [HOUR, -HOUR, 1],
    [-HOUR, HOUR, 1],
    [0, 0, 1.05],
  ]
  for (const [api, worker, rate] of random.shuffle(steps)) {
    await step('api', api, rate)
    await step('worker', worker)
    const [revoked, replaced] = [await account.createKey(), await account.createKey()]
    for (const { key } of [revoked, replaced, expiring, rotated]) expect(await codeOf(key)).toBe('VALID')
    expect((await account.post(`/api-keys/${revoked.id}/revoke`)).status).toBe(200)
    const rotation = await account.post(`/api-keys/${replaced.id}/rotate`)
    expect(rotation.status).toBe(201)
    expect(await codeOf(revoked.key)).toBe('REVOKED')
    expect(await codeOf(replaced.key)).toBe('EXPIRED')
    expect(await codeOf(rotation.body.key)).toBe('VALID')
  }
  for (const api of [-HOUR, HOUR, 0]) {
    await step('api', api)
    await step('redis', HOUR)
    for (const { key } of [expiring, rotated]) expect(await codeOf(key)).toBe('EXPIRED')
    await step('redis', 0)
  }
}, 120_000)

it('promise 12: the clock of Redis goes back: nobody waits for calls that were made by the later one', async () => {
  const account = await service.account()
  const { id } = await account.createKey()
  await step('redis', HOUR)
  expect((await account.get('/account')).status).toBe(200)
  expect((await account.post(`/api-keys/${id}/revoke`)).status).toBe(200)
  await step('redis', 0)
  expect((await account.get('/account')).status).toBe(200)
  expect((await account.delete(`/api-keys/${id}`)).status).toBe(204)
})

it(`promises 1, 2 and 5: all clocks step by an hour under load, over midnight, too: usage is counted once, and a test key gets 100 renders a day (seed ${seed})`, async () => {
  const account = await service.account('enterprise')
  const { key } = await account.createKey({ type: 'test' })
  const load = await startLoad(service, { clock: () => clocks.redis.now() - 3 * HOUR_MS })
  const admitted: Record<string, number> = {}
  let isOver = false
  const rendering = (async () => {
    for (; !isOver; await delay(10)) await render(key, admitted)
  })()
  for (let steps = 0; steps < 12; steps += 1) {
    await step(random.pick(['api', 'worker', 'redis'] as const), random.pick([-HOUR, 0, HOUR]))
    await delay(random.between(500, 1_500))
  }
  for (const seconds of [HOUR, 0]) {
    await step('redis', seconds)
    await useUp(key, admitted)
  }
  await Promise.all([step('api', 0), step('worker', 0)])
  isOver = true
  await rendering
  expect(admitted).toEqual({ [TODAY]: 100, [TOMORROW]: 100 })
  await load.end()
}, 240_000)
