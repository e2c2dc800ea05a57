/** How long it takes from a crossing until the first attempt to deliver its notification: see README.md. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../src/dev/dataDir.ts'
import { findWatched } from '../src/domain/alerts/alertStore.ts'
import { openQueues } from '../src/platform/queues.ts'
import { addRule, createWatched, type Watched } from './alerts/accounts.ts'
import { type Receiver, startReceiver } from './alerts/receiver.ts'
import { type Options, type Row, sizesOf } from './all/Part.ts'
import { createKeys, type Keys } from './createKeys.ts'
import { median, percentile, say, whole } from './report.ts'
import { type Service, startService } from './startService.ts'
import type { Loaded, LoadOrders } from './usage/load.ts'
import { waitForQuiet } from './waitForQuiet.ts'

const BATCH = 100
const RAMP_MS = 3_000
/** Up to so long passes between two crossings, at random, so that they keep no step with the clock. */
const PAUSE_MS = 500
/** Crossings at once under load. */
const LANES = 4
/** So many accounts are asked about at once for the figure of what asking costs. */
const ASKED = 500
const ASKED_TIMES = 21

export async function run(options: Options): Promise<Row[]> {
  const { samples, perSecond } = sizesOf(options, { samples: [60, 10], perSecond: [5_000, 5_000] })
  const receiver = await startReceiver()
  const service = await startService({ durable: true, env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  const queues = openQueues(service.env.REDIS_URL)
  const looks = async () => (await queues.byName.crossings.getMetrics('completed')).meta.count
  try {
    return await service.withWorker(async () => {
      const keys = await createKeys(service)
      say(`creating ${2 * samples} accounts with a rule each`)
      const accounts = await createWatched(service, receiver, 2 * samples)
      const context = { service, receiver, token: keys.serviceToken }

      await waitForQuiet(options.quiet)
      say('at rest')
      const atRest = await crossEach(context, accounts.slice(0, samples), 1)

      say('usage of an account without rules')
      const before = await looks()
      await startLoad(service, keys, { perSecond, seconds: 5, prefix: 'none' })
      await service.drained()
      const without = (await looks()) - before
      if (without > 0) throw new Error(`Usage of an account without rules caused ${without} looks at rules`)

      say(`beside ${whole(perSecond)} events a second`)
      // Its account is looked at all the time, and nothing ever begins.
      await addRule(service.api.url, keys.adminKey, { threshold: 1e12, channelIds: [] })
      const seconds = 5 + Math.ceil(samples / 2)
      let isOver = false
      const loading = startLoad(service, keys, { perSecond, seconds, prefix: 'load' }).finally(() => {
        isOver = true
      })
      await delay(RAMP_MS)
      const underLoad = await crossEach(context, accounts.slice(samples), LANES, () => isOver)
      const load = await loading

      const [rest, loaded] = [atRest, underLoad].map((times) => ({
        worst: percentile(times, 0.99) / 1_000,
        text: `${whole(times.length)}, p50 ${(median(times) / 1_000).toFixed(2)} s, p99 ${(percentile(times, 0.99) / 1_000).toFixed(2)} s`,
      }))
      const asking = `asking for the rules of ${ASKED} accounts ${(await timeAsking(service)).toFixed(1)} ms`
      return [
        {
          id: 'alert',
          values: [Math.max(rest?.worst ?? Number.NaN, loaded?.worst ?? Number.NaN)],
          beside: `at rest ${rest?.text}; beside ${whole(load.acknowledged / load.seconds)} events/s ${loaded?.text}; ${asking}`,
        },
      ]
    })
  } finally {
    await queues.close()
    await service.stop()
    receiver.stop()
  }
}

type Context = { service: Service; receiver: Receiver; token: string }

/** Each account crosses its threshold once, by an event or a verification in turn. Ms until its message arrives. */
async function crossEach(
  { service, receiver, token }: Context,
  accounts: Watched[],
  lanes: number,
  isOver = () => false,
): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const lane = async () => {
    while (next < accounts.length && !isOver()) {
      const place = next++
      const { accountId, keyId, value } = accounts[place] as Watched
      await delay(Math.random() * PAUSE_MS)
      const event = { id: `crossing-${keyId}`, at: new Date().toISOString(), keyId, status: 200 }
      const [path, body] = place % 2 ? ['/verify', { key: value }] : ['/usage/events', { events: [event] }]
      const sent = performance.now()
      const response = await fetch(`${service.api.url}${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${path} answered ${response.status} ${text}`)
      times.push((await receiver.fired(accountId)) - sent)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return times
}

async function startLoad(
  { api }: Service,
  { serviceToken, ids }: Keys,
  orders: Pick<LoadOrders, 'perSecond' | 'seconds' | 'prefix'>,
): Promise<Loaded> {
  const child = fork(join(root, 'bench/usage/load.ts'))
  child.send({ ...orders, url: api.url, token: serviceToken, keyIds: ids, batch: BATCH } satisfies LoadOrders)
  const [loaded] = await once(child, 'message')
  return loaded as Loaded
}

/** The median in ms of the statement that finds which of so many accounts have rules. */
async function timeAsking({ orm }: Service): Promise<number> {
  const ids = Array.from({ length: ASKED }, (_, place) => `acct_${String(place).padStart(16, 'x')}`)
  const times: number[] = []
  while (times.length < ASKED_TIMES) {
    const start = performance.now()
    await findWatched(orm.em.fork(), ids)
    times.push(performance.now() - start)
  }
  return median(times)
}
