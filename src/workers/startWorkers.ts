import { DelayedError, type Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { type JobDefinition, type JobName, jobs, QUEUES, type QueueName } from '../domain/jobs.ts'
import { PRIMARY } from '../domain/regions.ts'
import { placeOfShard, shardNames } from '../domain/shards.ts'
import { connectRedis } from '../platform/connectRedis.ts'
import { boundedBackoff } from '../platform/jobOptions.ts'
import type { Orm } from '../platform/postgres.ts'
import type { FurtherRegion } from '../platform/queues.ts'
import { namesIn, OF_SHARDS, queueName } from '../platform/redisNames.ts'
import { tracing } from '../platform/tracing.ts'
import { closeWorkers } from './closeWorkers.ts'
import { runSuspect } from './commands/runSuspect.ts'
import { takeTurns } from './commands/takeTurns.ts'
import type { WorkerContext } from './context.ts'
import { jobsAtOnce } from './jobsAtOnce.ts'
import { Postponed } from './Postponed.ts'
import { runJob } from './runJob.ts'

/** Queues of which no account takes all places. */
const BY_ACCOUNT: QueueName[] = ['commands', 'revocations']

export type Workers = { close: () => Promise<void> }

/**
 * One BullMQ worker per queue; a further region has a queue for what is to reach it, and in its own Redis one of its
 * usage and one of what its verifiers ask. A job whose worker died is taken up again within seconds (`lockDuration`),
 * however often that happens: handlers may run twice, and giving up would lose work. Commands that no worker survives
 * are the exception: see runSuspect.ts.
 */
export function startWorkers(
  context: WorkerContext,
  options: {
    redisUrl: string
    further: FurtherRegion[]
    shards: number
    concurrency: number
    /** The connections to Postgres that a job uses. */
    ormOf: (job: JobName) => Orm
  },
): Workers {
  const { redisUrl, further, shards, concurrency, ormOf } = options
  const perQueue = jobsAtOnce(concurrency)
  // The shards of a region share the places that its one would have.
  for (const queue of OF_SHARDS) perQueue[queue] = Math.ceil(perQueue[queue] / shards)
  const workersOf = new Map<Redis, Worker[]>()
  const inHand = new Set<Promise<unknown>>()
  const connect = (url: string, region: string) => {
    const connection = connectRedis(url, 'worker', {
      place: placeOfShard(region),
      onError: ({ message }) =>
        context.log.seldom.warn({ region, reason: message }, 'the Redis of a region’s queues is away'),
    })
    workersOf.set(connection, [])
    return connection
  }
  const near = (url: string, shard: string) => ({
    connection: connect(url, shard),
    prefix: namesIn(url, placeOfShard(shard)).jobs,
  })
  const primary = near(redisUrl, PRIMARY)
  const usageOf = (url: string, shard: string, at = near(url, shard)) =>
    OF_SHARDS.map((queue) => ({ queue, region: shard, ...at }))
  const queues = [
    ...QUEUES.map((queue) => ({ queue, region: PRIMARY, ...primary })),
    ...further.flatMap(({ name: region, url }) => {
      const at = near(url, region)
      return [
        { queue: 'fan-out' as const, region, ...primary },
        { queue: 'asks' as const, region, ...at },
        ...usageOf(url, region, at),
      ]
    }),
    ...[{ name: PRIMARY, url: redisUrl }, ...further].flatMap(({ name, url }) =>
      shardNames(name, shards)
        .slice(1)
        .flatMap((shard) => usageOf(url, shard)),
    ),
  ]
  const run = (job: Job, token?: string, endTurn?: () => void) => {
    const running = runNow(job, token, endTurn).finally(() => inHand.delete(running))
    inHand.add(running)
    return running
  }
  const runNow = async (job: Job, token?: string, endTurn?: () => void) => {
    try {
      const own = { ...context, orm: ormOf(job.name as JobName), endTurn }
      return await runSuspect(own, job, () => runJob(own, job))
    } catch (error) {
      if (!(error instanceof Postponed)) throw error
      await job.moveToDelayed(Date.now() + error.ms, token)
      throw new DelayedError()
    }
  }
  for (const { queue, region, connection, prefix } of queues) {
    const name = queueName(queue, region)
    const byTurns = BY_ACCOUNT.includes(queue)
    const worker = new Worker(name, byTurns ? takeTurns(run) : (job, token) => run(job, token), {
      connection,
      prefix,
      telemetry: tracing.queues,
      concurrency: perQueue[queue],
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: 1_000,
      metrics: { maxDataPoints: 60 },
      settings: {
        backoffStrategy: (attemptsMade, _type, _error, job) => {
          const definition: JobDefinition | undefined = jobs[job?.name as JobName]
          const { delayMs, maxDelayMs } = definition?.retry ?? { delayMs: 1_000 }
          return boundedBackoff(attemptsMade, delayMs, maxDelayMs)
        },
      },
    })
    worker.on('error', (error) =>
      context.log.seldom.warn({ queue: name, reason: error.message }, 'a worker met an error'),
    )
    workersOf.get(connection)?.push(worker)
  }
  return {
    // What is not begun stays in the queue.
    close: () => closeWorkers(workersOf, inHand),
  }
}
