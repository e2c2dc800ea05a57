/** Measures how fast reported events are acknowledged and rolled up, beside two other ways: see ../README.md. */
import { parseArgs } from 'node:util'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { createPartition, wantedPartitions } from '../../src/domain/usage/partitions.ts'
import { createKeys } from '../createKeys.ts'
import { table } from '../report.ts'
import { startService } from '../startService.ts'
import { median } from '../summarise.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import { type Cost, costsOf, startClock } from './costs.ts'
import { makeEvents } from './events.ts'
import { Expected } from './expected.ts'
import { bodiesOf, createSender } from './loader.ts'
import { NAIVE_QUEUE, PEER_TABLES, type PeerName, startPeer } from './peers.ts'
import { describeRun, publish, say, whole, wholeNumber } from './report.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '300000' },
    'naive-events': { type: 'string', default: '20000' },
    'row-events': { type: 'string', default: '20000' },
    'batch-events': { type: 'string', default: '100000' },
    core: { type: 'string', default: '1' },
    quiet: { type: 'string', default: '100' },
    only: { type: 'string', multiple: true },
    profile: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const rounds = wholeNumber('rounds', values.rounds)
const events = wholeNumber('events', values.events)
const core = wholeNumber('core', values.core)
const quiet = wholeNumber('quiet', values.quiet) / 100

/** A way to bring events to Postgres. `acknowledged`: per second, by the api, while nothing was rolled up. */
type Sample = { rate: number; acknowledged?: number; cost: Cost | undefined }
type Variant = { name: string; title: string; measure: (run: string) => Promise<Sample> }

const GOAL = 50_000
const GOAL_TIMES = 10
const KEYS = 200
const FEW_ADDRESSES = 5
const CONNECTIONS = 8
const POLL_MS = 2

const service = await startService({ durable: true })
const keys = await service.withWorker(() => createKeys(service, KEYS))
for (const partition of wantedPartitions(new Date()))
  await service.orm.em.fork().transactional((em) => createPartition(em, partition))
for (const statement of PEER_TABLES.split(';')) await service.query(statement, [])
const expected = new Expected()
const redis = new Redis(service.env.REDIS_URL)
const naive = new Queue(NAIVE_QUEUE, { connection: redis })

// One worker for all rounds, as in production: what is measured begins when its queue is let go.
await service.metering.pause()
const nodeArgs = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]
const worker = await service.startWorker({ core, nodeArgs })

type Kind = { completing?: boolean; addressesOfKey?: number }

async function rollUp(run: string, batch: number, kind: Kind = {}, count = events): Promise<Sample> {
  const made = makeEvents(count, { prefix: run, keyIds: keys.ids, now: Date.now(), ...kind })
  expected.add(made)
  const bodies = bodiesOf(made, batch)
  await waitForQuiet(quiet)
  // Its connections are new: the api closes those that were idle in between.
  const sender = createSender(service.api.url, keys.serviceToken, CONNECTIONS)
  const seconds = await sender.sendAll(bodies)
  sender.close()
  await waitForQuiet(quiet)
  const clock = await startClock(service, worker.pid)
  await service.metering.resume()
  await emptied('bull:metering:')
  const cost = await costsOf(service, worker.pid, clock, count)
  await service.metering.pause()
  for (const fault of await expected.compare(service.query)) {
    process.exitCode = 1
    say(`NOT EXACT  ${run}: ${fault}`)
  }
  return { rate: count / cost.seconds, acknowledged: count / seconds, cost }
}

async function runNaive(run: string): Promise<Sample> {
  const count = wholeNumber('naive-events', values['naive-events'])
  const peer = await startPeer('naive', service.env, core)
  await naive.pause()
  const made = makeEvents(count, { prefix: run, keyIds: keys.ids, now: Date.now() })
  for (let from = 0; from < count; from += 1_000) {
    const some = made.slice(from, from + 1_000)
    await naive.addBulk(
      some.map((data) => ({
        name: 'count',
        data,
        opts: { attempts: 1_000, removeOnComplete: { count: 200 } },
      })),
    )
  }
  await waitForQuiet(quiet)
  const clock = await startClock(service, peer.pid)
  await naive.resume()
  await emptied(`bull:${NAIVE_QUEUE}:`)
  const cost = await costsOf(service, peer.pid, clock, count)
  await peer.stop()
  return { rate: count / cost.seconds, cost }
}

async function runRows(name: PeerName, run: string, count: number): Promise<Sample> {
  const peer = await startPeer(name, service.env, core)
  const prepare = (part: string, size: number) =>
    makeEvents(size, { prefix: `${run}-${part}`, keyIds: keys.ids, now: Date.now() })
  await peer.insert(prepare('warm-up', Math.ceil(count / 20)))
  const made = prepare('run', count)
  await waitForQuiet(quiet)
  const clock = await startClock(service, peer.pid)
  const seconds = await peer.insert(made)
  const cost = await costsOf(service, peer.pid, clock, count)
  await peer.stop()
  return { rate: count / seconds, cost }
}

/** Waits until no job of a queue waits, runs, or is to be retried. */
async function emptied(prefix: string): Promise<void> {
  for (;;) {
    const pipeline = redis.pipeline().llen(`${prefix}wait`).llen(`${prefix}paused`).llen(`${prefix}active`)
    const counts = await pipeline.zcard(`${prefix}delayed`).zcard(`${prefix}failed`).exec()
    const [wait, paused, active, delayed, failed] = (counts ?? []).map(([, count]) => Number(count))
    if (failed) throw new Error(`${failed} jobs have failed`)
    if (wait === 0 && paused === 0 && active === 0 && delayed === 0) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

const rowEvents = wholeNumber('row-events', values['row-events'])
const batchEvents = wholeNumber('batch-events', values['batch-events'])
const all: Variant[] = [
  {
    name: 'rollup',
    title: 'rolled up, 1,000 events a batch',
    measure: (run) => rollUp(run, 1_000),
  },
  { name: 'rollup-100', title: 'rolled up, 100 events a batch', measure: (run) => rollUp(run, 100) },
  {
    name: 'rollup-few',
    title: `rolled up, 1,000 a batch, ${FEW_ADDRESSES} addresses a key`,
    measure: (run) => rollUp(run, 1_000, { addressesOfKey: FEW_ADDRESSES }),
  },
  {
    name: 'rollup-completing',
    title: 'rolled up, 1,000 a batch, each completes a verification',
    measure: (run) => rollUp(run, 1_000, { completing: true }),
  },
  { name: 'naive', title: 'peer: one BullMQ job and one upsert per event', measure: runNaive },
  {
    name: 'rows',
    title: 'peer: one row and one `INSERT` per event',
    measure: (run) => runRows('rows', run, rowEvents),
  },
  {
    name: 'batches',
    title: 'peer: one row per event, 1,000 an `INSERT`',
    measure: (run) => runRows('batches', run, batchEvents),
  },
]

const variants = all.filter(({ name }) => !values.only || values.only.includes(name))
if (variants.length === 0)
  throw new Error(`--only takes one of ${all.map(({ name }) => name).join(', ')}, as often as needed`)

await rollUp(`warm-up-${process.pid}`, 1_000, {}, Math.min(events, 50_000))
const samples: Record<string, Sample>[] = []
for (let round = 1; round <= rounds; round++) {
  const ofRound: Record<string, Sample> = {}
  for (const { name, measure } of variants) {
    const sample = await measure(`${name}-${round}-${process.pid}`)
    ofRound[name] = sample
    const { rate, acknowledged, cost } = sample
    const before = acknowledged === undefined ? '' : `acknowledged ${whole(acknowledged)}/s, `
    say(
      `round ${round}  ${name.padEnd(18)} ${before}counted ${whole(rate)}/s, process ${cost?.server.toFixed(1)} µs, Redis ${cost?.redis.toFixed(1)} µs, Postgres ${cost?.postgres.toFixed(1)} µs, elsewhere ${Math.round((cost?.elsewhere ?? 0) * 100)} %`,
    )
  }
  samples.push(ofRound)
}
await worker.stop()
await naive.close()
redis.disconnect()
await service.stop()

const of = (name: string, value: (sample: Sample) => number) =>
  samples.flatMap((round) => (round[name] ? [value(round[name])] : []))
const rows = variants.map(({ name, title }) => {
  const rates = of(name, (sample) => sample.rate)
  const cost = (part: keyof Cost) => median(of(name, (sample) => sample.cost?.[part] ?? Number.NaN))
  const ratios = samples.map((round) => (round[name]?.rate ?? 0) / (round.naive?.rate ?? Number.NaN))
  const acknowledged = of(name, (sample) => sample.acknowledged ?? Number.NaN)
  return [
    title,
    whole(median(rates)),
    `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`,
    `${median(ratios).toFixed(1)}`,
    ...(['server', 'redis', 'postgres'] as const).map((part) => cost(part).toFixed(1)),
    `${Math.round(cost('elsewhere') * 100)} %`,
    Number.isNaN(acknowledged[0]) ? '' : whole(median(acknowledged)),
  ]
})
const head = [
  '',
  'events/s',
  'least to most',
  'times naive',
  'process µs',
  'Redis µs',
  'Postgres µs',
  'elsewhere',
  'acknowledged/s by the api before',
]
const main = samples.map((round) => round.rollup?.rate ?? 0)
const times = median(samples.map((round) => (round.rollup?.rate ?? 0) / (round.naive?.rate ?? Number.NaN)))
const lines = [
  describeRun(`${rounds} rounds of ${whole(events)} events; the process on core ${core}.`),
  '',
  table(head, rows),
  '',
  `Goal: ≥ ${whole(GOAL)} events/s rolled up by one worker: ${whole(median(main))}. ≥ ${GOAL_TIMES} times the naive queue: ${times.toFixed(1)}.`,
  process.exitCode === 1 ? 'The counts were NOT exact.' : 'After each round every count was exact.',
]
await publish('throughput', lines.join('\n'), values.write)
