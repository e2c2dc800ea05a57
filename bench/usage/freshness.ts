/** Measures how long acknowledged usage takes to show, at rest and under load: see ../README.md. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { createPartition, wantedPartitions } from '../../src/domain/usage/partitions.ts'
import { createKeys } from '../createKeys.ts'
import { table } from '../report.ts'
import { startService } from '../startService.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import type { Loaded, LoadOrders } from './load.ts'
import { type Freshness, type Kind, probe, type Watched } from './probe.ts'
import { describeRun, percentile, publish, say, whole, wholeNumber } from './report.ts'

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '10000' },
    keys: { type: 'string', default: '1000' },
    quiet: { type: 'string', default: '100' },
    write: { type: 'boolean', default: false },
  },
})
const samples = wholeNumber('samples', values.samples)
const seconds = wholeNumber('seconds', values.seconds)
const perSecond = wholeNumber('per-second', values['per-second'])
const quiet = wholeNumber('quiet', values.quiet) / 100

const GOAL_MS = 2_000
const BATCH = 500
const WARM_UP = 50
/** The load runs alone for so long before anything is measured: a backlog would have begun to grow by then. */
const RAMP_MS = 5_000
/** Up to so long passes between two probes, at random, so that they keep no step with the batches. */
const PAUSE_MS = 50

/** Under load so many keys are watched at once, each asked for so often: else reading would be most of the load. */
const LANES = 4
const POLL_MS = 100

const KINDS: Kind[] = ['event', 'verification']

const service = await startService({ durable: true })
for (const partition of wantedPartitions(new Date()))
  await service.orm.em.fork().transactional((em) => createPartition(em, partition))
const worker = await service.startWorker()
const keys = await createKeys(service, wholeNumber('keys', values.keys) + KINDS.length * LANES)
// Each lane watches one key for each kind of probe; the load goes to the others.
const watched = (lane: number, kind: number): Watched => {
  const index = lane * KINDS.length + kind
  return { keyId: keys.ids[index] ?? '', value: keys.values[index] ?? '' }
}

let probes = 0
/** Probes of both kinds in turn, in so many lanes at once, each until it is stopped. */
async function measure(
  lanes: number,
  pollMs: number,
  isOver: (taken: number) => boolean,
): Promise<Record<Kind, Freshness[]>> {
  const taken: Record<Kind, Freshness[]> = { event: [], verification: [] }
  const runLane = async (lane: number) => {
    while (!isOver(taken.verification.length)) {
      for (const [index, kind] of KINDS.entries()) {
        const id = `probe-${probes++}`
        taken[kind].push(await probe(service, keys, { ...watched(lane, index), kind, id, pollMs }))
        await delay(Math.random() * PAUSE_MS)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)))
  return taken
}

say('warming up')
await measure(1, 0, (taken) => taken >= WARM_UP)
await waitForQuiet(quiet)
say('at rest')
const atRest = await measure(1, 0, (taken) => taken >= samples)

say(`beside ${whole(perSecond)} events a second`)
const child = fork(join(root, 'bench/usage/load.ts'))
const orders: LoadOrders = {
  url: service.api.url,
  token: keys.serviceToken,
  keyIds: keys.ids.slice(KINDS.length * LANES),
  prefix: `load-${process.pid}`,
  perSecond,
  batch: BATCH,
  seconds: seconds + RAMP_MS / 1_000,
}
let loading = true
const loaded: Promise<Loaded> = once(child, 'message').then(([result]) => {
  loading = false
  return result as Loaded
})
const drained = loaded.then(async () => {
  const start = performance.now()
  await service.drained()
  return performance.now() - start
})
child.send(orders)
await delay(RAMP_MS)
const underLoad = await measure(LANES, POLL_MS, () => !loading)
const load = await loaded
const drainMs = await drained

const [sum] = await service.query<{ requests: string }>(
  'select sum(requests) as requests from usage_minute',
  [],
)
const acknowledged = load.acknowledged + probes
const isExact = Number(sum?.requests) === acknowledged
if (!isExact) process.exitCode = 1
await worker.stop()
await service.stop()

const titles: Record<Kind, string> = { event: '`POST /usage/events`', verification: '`POST /verify`' }
const row = (when: string, taken: Record<Kind, Freshness[]>) =>
  KINDS.map((kind) => {
    const times = taken[kind].map(({ ms }) => ms)
    const polls = taken[kind].map(({ lastPollMs }) => lastPollMs)
    return [
      `${titles[kind]}, ${when}`,
      whole(times.length),
      ...[0.5, 0.99, 1].map((q) => percentile(times, q).toFixed(0)),
      percentile(polls, 0.5).toFixed(1),
    ]
  })
const rows = [...row('at rest', atRest), ...row(`beside ${whole(perSecond)} events/s`, underLoad)]
const rate = load.acknowledged / load.seconds
const lines = [
  describeRun(`${samples} of each at rest, then ${seconds} s under load.`),
  '',
  table(['', 'samples', 'p50 ms', 'p99 ms', 'most ms', 'the read itself, p50 ms'], rows),
  '',
  `The load: ${whole(rate)} events/s acknowledged over ${load.seconds.toFixed(1)} s (asked for: ${whole(perSecond)}), ${whole(load.worstSecond)} in the worst second; a batch of ${BATCH} was acknowledged within ${load.ackP50.toFixed(0)} ms (p50) and ${load.ackP99.toFixed(0)} ms (p99), and left ${load.late.toFixed(0)} ms late at most. The queue was empty ${whole(drainMs)} ms after the last one.`,
  `Goal: p99 ≤ ${whole(GOAL_MS)} ms. ${isExact ? `All ${whole(acknowledged)} acknowledged were counted, none twice.` : `NOT EXACT: ${sum?.requests} counted, ${acknowledged} acknowledged.`}`,
]
await publish('freshness', lines.join('\n'), values.write)
