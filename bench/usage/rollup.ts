import { Redis } from 'ioredis'
import { createPartition, wantedPartitions } from '../../src/domain/usage/partitions.ts'
import { type Cost, startClock } from '../cost.ts'
import { createKeys } from '../createKeys.ts'
import type { ProcessOptions } from '../startProcess.ts'
import { type ServiceOptions, startService } from '../startService.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import { type EventOptions, makeEvents } from './events.ts'
import { Expected } from './expected.ts'
import { bodiesOf, createSender } from './loader.ts'

/** Rolled up per second; per second acknowledged by the api before that; what an event cost the worker and Postgres. */
export type RolledUp = { rate: number; acknowledged: number; cost: Cost }

export type RollupBench = Awaited<ReturnType<typeof startRollup>>

type Kind = Pick<EventOptions, 'addressesOfKey' | 'completing' | 'withinMs'> & { keyIds?: string[] }

type RollupOptions = Pick<ServiceOptions, 'settings'> &
  Pick<ProcessOptions, 'core' | 'nodeArgs'> & {
    keys?: number
    /** How much of the machine others may take: see `waitForQuiet`. */
    quiet?: number
    /** What measures a roll-up. */
    clock?: typeof startClock
  }

const BATCH = 1_000
const CONNECTIONS = 8
const POLL_MS = 2

/**
 * A service whose Postgres flushes every commit, and one worker, held to one core, that rolls up only when asked to.
 * One worker for all rounds, as in production.
 */
export async function startRollup({
  keys: keyCount = 200,
  core = 1,
  quiet = 1,
  nodeArgs,
  settings,
  clock = startClock,
}: RollupOptions = {}) {
  const service = await startService({ durable: true, settings })
  const keys = await service.withWorker(() => createKeys(service, keyCount))
  for (const partition of wantedPartitions(new Date()))
    await service.orm.em.fork().transactional((em) => createPartition(em, partition))
  const expected = new Expected()
  const redis = new Redis(service.env.REDIS_URL)
  await service.metering.pause()
  const worker = await service.startWorker({ core, nodeArgs })
  let runs = 0

  /** Reports events while the queue is paused, then has them rolled up. Throws when a count is not exact. */
  const rollUp = async (count: number, { keyIds = keys.ids, ...kind }: Kind = {}): Promise<RolledUp> => {
    const made = makeEvents(count, { prefix: `run-${runs++}`, keyIds, now: Date.now(), ...kind })
    expected.add(made)
    const bodies = bodiesOf(made, BATCH)
    await waitForQuiet(quiet)
    // Its connections are new: the api closes those that were idle in between.
    const sender = createSender(service.api.url, keys.serviceToken, CONNECTIONS)
    const seconds = await sender.sendAll(bodies)
    sender.close()
    await waitForQuiet(quiet)
    const { redisPid, postgresPid } = service
    const stopClock = await clock({ server: worker.pid, redis: redisPid, postgres: postgresPid })
    await service.metering.resume()
    await emptied(redis)
    const cost = await stopClock(count)
    await service.metering.pause()
    const faults = await expected.compare(service.query)
    if (faults.length > 0) throw new Error(`Not exact: ${faults.join('; ')}`)
    return { rate: count / cost.seconds, acknowledged: count / seconds, cost }
  }
  const stop = async () => {
    await worker.stop()
    redis.disconnect()
    await service.stop()
  }
  return { service, keys, worker, rollUp, stop }
}

/** Waits until no metering job waits, runs, or is to be retried. */
async function emptied(redis: Redis): Promise<void> {
  for (;;) {
    const [wait, paused, active, delayed, failed] = await countJobs(redis)
    if (failed) throw new Error(`${failed} jobs have failed`)
    if (!wait && !paused && !active && !delayed) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function countJobs(redis: Redis): Promise<number[]> {
  const name = (state: string) => `bull:metering:${state}`
  const pipeline = redis.pipeline().llen(name('wait')).llen(name('paused')).llen(name('active'))
  const counts = await pipeline.zcard(name('delayed')).zcard(name('failed')).exec()
  return (counts ?? []).map(([, count]) => Number(count))
}

export const inWords = ({ rate, acknowledged, cost: { server, redis, postgres, elsewhere } }: RolledUp) =>
  `${Math.round(rate)}/s, acknowledged ${Math.round(acknowledged)}/s, worker ${server.toFixed(1)} µs, ` +
  `Redis ${redis.toFixed(1)} µs, Postgres ${postgres.toFixed(1)} µs, elsewhere ${Math.round(elsewhere * 100)} %`
