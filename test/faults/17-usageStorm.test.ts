import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EventReport } from '../../src/api/acceptEvents.ts'
import { DAY_MS as DAY, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import { Chaos, ROUND } from '../support/chaos.ts'
import { createClient } from '../support/client.ts'
import { bucketDifferences, windowDifferences } from '../support/compareUsage.ts'
import { eventually } from '../support/eventually.ts'
import { type OwnPostgres, startOwnPostgres } from '../support/ownPostgres.ts'
import { anySeed, createRandom } from '../support/random.ts'
import { sendAll, sendBatch } from '../support/sendUsage.ts'
import { nextMonth, shiftedEnv } from '../support/shiftedEnv.ts'
import { type Service, startService } from '../support/startService.ts'
import { foldedHours, storedBuckets } from '../support/storedUsage.ts'
import { type Grain, UsageOracle } from '../support/usageOracle.ts'
import { planRefused, planReports, planUsage } from '../support/usagePlan.ts'
import { verifyRequests } from '../support/verifyRequests.ts'

const SENT = 200_000
const AGAIN = 0.3
const AT_NIGHT = 10_000
const CLIENTS = 5
/** The sending does not end before so many kills. */
const STRIKES = 2 * ROUND
/** How long is sent before the end of the month, about. */
const BEFORE_MONTH_MS = 15_000

type TestKey = { id: string; key: string; adminKey: string }

const seed = anySeed()
const oracle = new UsageOracle()
let postgres: OwnPostgres
let service: Service
let keys: TestKey[]
let revoked: TestKey
/** What starting a service takes on this machine now. */
let startMs: number

beforeAll(async () => {
  postgres = await startOwnPostgres()
  // With `everysec` a Redis that is killed while a flush is slow has acknowledged what it has not yet written.
  const began = Date.now()
  service = await startService({ database: postgres, appendfsync: 'always' })
  startMs = Date.now() - began
  const accounts = await Promise.all([1, 2, 3, 4].map(() => service.account('enterprise')))
  const owned = accounts.map((account) =>
    Promise.all(
      Array.from({ length: 10 }, async () => ({
        ...(await account.createKey()),
        adminKey: account.adminKey,
      })),
    ),
  )
  keys = (await Promise.all(owned)).flat()
  const [first] = accounts
  if (!first) throw new Error('There is no account')
  revoked = { ...(await first.createKey()), adminKey: first.adminKey }
  expect((await first.post(`/api-keys/${revoked.id}/revoke`)).status).toBe(200)
}, 120_000)
afterAll(() => service.stop())

it(`promise 2: of 200,000 events, sent while everything is killed at random, every count is the oracle’s (seed ${seed})`, async () => {
  const month = nextMonth(Date.now(), 60_000)
  let offset = month - Math.min(startMs + BEFORE_MONTH_MS, MINUTE) - Date.now()
  Object.assign(service.env, shiftedEnv(offset))
  await restartService()

  const keyIds = keys.map(({ id }) => id)
  const random = createRandom(seed)
  const plan = planUsage({ random, middle: month, keyIds, sent: SENT, again: AGAIN, night: AT_NIGHT })
  addEvents(plan.events.slice(AT_NIGHT))
  const refused = planRefused(random, month, keyIds)
  const chaos = new Chaos(service, postgres, createRandom(seed + 1))
  const sender = {
    urls: () => service.apis.map(({ url }) => url),
    token: service.serviceToken,
    random: createRandom(seed + 2),
  }

  const total = plan.batches.length
  const ahead = [...plan.batches]
  const newMonth = delay(Math.max(0, month - offset - Date.now()))
  // What one of the clients does when the sending has come so far.
  const interludes = new Map<number, () => Promise<void>>()
  for (const share of [0.02, 0.3, 0.6]) {
    interludes.set(Math.floor(total * share), async () => {
      const reports = await chaos.calm(verifyMany)
      for (const batch of reports) ahead.splice(sender.random.between(0, ahead.length), 0, batch)
    })
  }
  refused.forEach(({ events, place }, index) => {
    interludes.set(2 + Math.floor((total * index) / refused.length), async () => {
      const { status, body } = await sendBatch(sender, events)
      expect({ status, errors: body.errors }).toMatchObject({
        status: 400,
        errors: [{ field: `events[${place}].at`, code: 'out_of_range' }],
      })
    })
  })
  let taken = 0
  const next = async (): Promise<EventReport[] | undefined> => {
    const turn = taken++
    await interludes.get(turn)?.()
    await chaos.struck(Math.min(Math.floor((turn / total) * STRIKES), STRIKES))
    if (turn > total / 2) await newMonth
    return ahead.pop()
  }

  /** Requests on every key, and on the one that is revoked; their reports, to be sent later. */
  const verifyMany = async (): Promise<EventReport[][]> => {
    const asked = Array.from({ length: 25 }, () => keys).flat()
    const verified = await verifyRequests(service, random, [...asked, revoked])
    for (const { keyId, at, valid, units } of verified) {
      expect(valid).toBe(keyId !== revoked.id)
      oracle.add({ keyId, at, ...(valid ? { requests: 1, units } : { refused: 1 }) })
    }
    // The jobs that count these requests are taken up again seconds later: some reports overtake them.
    await chaos.killWorkers()
    const { reports, batches } = planReports(
      random,
      verified.filter(() => random.chance(0.9)),
    )
    const byId = new Map(verified.map((one) => [one.requestId, one]))
    for (const { keyId, requestId = '', status, latencyMs } of reports) {
      const request = byId.get(requestId)
      if (request?.valid) oracle.add({ keyId, at: request.at, status, latencyMs })
    }
    return batches
  }

  await chaos.during(() => sendAll(sender, CLIENTS, next))
  expect(ahead).toEqual([])
  expect(await differences()).toEqual([])

  const late = [...plan.last]
  expect((await sendAll(sender, CLIENTS, async () => late.pop())).accepted).toBe(0)
  expect(await differences()).toEqual([])

  // Everything is restarted, and it is 00:40: what closes the day begins at once.
  offset = month + 40 * MINUTE - Date.now()
  Object.assign(service.env, shiftedEnv(offset))
  await restartService(() => Promise.all([service.redis.restart(), postgres.crash()]))
  expect(await differences()).toEqual([])

  const again = [...plan.last]
  expect((await sendAll(sender, CLIENTS, async () => again.pop())).accepted).toBe(0)
  const nightly = new Chaos(service, postgres, createRandom(seed + 3))
  const night = [...plan.night]
  addEvents(plan.night.flat())
  const nextAtNight = async () => {
    await nightly.struck(Math.floor((1 - night.length / plan.night.length) * ROUND))
    return night.pop()
  }
  await nightly.during(() => sendAll(sender, CLIENTS, nextAtNight))
  await eventually(
    () => foldedHours(postgres.databaseUrl),
    (hours) => hours > 0,
  )
  expect(await differences()).toEqual([])
  expect(service.died).toEqual([])
}, 400_000)

function addEvents(events: EventReport[]): void {
  for (const { id: _, at, ...event } of events) oracle.add({ ...event, at: Date.parse(at), requests: 1 })
}

/** Ends every api and worker in good order, does what is to be done meanwhile, and starts two of each. */
async function restartService(meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
  const { apis, workers, startApi, startWorker } = service
  await Promise.all([...apis.splice(0), ...workers.splice(0)].map((one) => one.end()))
  await meanwhile()
  workers.push(startWorker(), startWorker())
  apis.push(...(await Promise.all([startApi(), startApi()])))
}

/** Until the queues of usage have nothing left, jobs of killed workers and retries included. */
async function everythingCounted(): Promise<void> {
  const jobsLeft = async () => {
    const response = await fetch(`${service.apis[0]?.url}/metrics`, {
      headers: { Authorization: `Basic ${btoa('operator:operator-password')}` },
    })
    const lines = (await response.text()).matchAll(
      /^keys_queue_jobs\{queue="(?:metering|slots)",state="(?:wait|active|delayed)"\} (-?\d+)$/gm,
    )
    return [...lines].map(([, count]) => Number(count))
  }
  await eventually(jobsLeft, (left) => left.length === 6 && left.every((count) => count === 0), 90_000)
}

/**
 * Once all is counted: the first differences between the oracle and what is stored at every grain and answered for
 * every window. Throws with what the operator's reconciliation finds.
 */
async function differences(): Promise<string[]> {
  await everythingCounted()
  const ofGrain = async (grain: Grain) =>
    bucketDifferences(oracle.buckets(grain), await storedBuckets(postgres.databaseUrl, grain))
  const ofKey = async ({ id, adminKey }: TestKey) => {
    const client = createClient(service.apis[0]?.url ?? '', adminKey)
    // Right after a crash, or on a busy machine, a read may be refused.
    const { status, body } = await eventually(
      () => client.get(`/api-keys/${id}/usage`),
      (answer) => answer.status !== 503,
    )
    if (status !== 200) throw new Error(`The usage of ${id}: ${status} ${JSON.stringify(body)}`)
    return windowDifferences(oracle, id, Date.parse(body.asOf), body.windows)
  }
  const oldest = new Date(Date.now() - 35 * DAY).toISOString().slice(0, 10)
  const [found] = await Promise.all([
    Promise.all([...(['minute', 'hour', 'day'] as const).map(ofGrain), ...[...keys, revoked].map(ofKey)]),
    service.cli('usage', 'reconcile', '--from', oldest),
  ])
  const all = found.flat()
  return all.length > 20 ? [...all.slice(0, 20), `and ${all.length - 20} more`] : all
}
