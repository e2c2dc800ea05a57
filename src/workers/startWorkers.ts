import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { QUEUES, type QueueName } from '../domain/jobs.ts'
import { boundedBackoff } from '../platform/queues.ts'
import type { WorkerContext } from './context.ts'
import { runJob } from './runJob.ts'

export type Workers = { close: () => Promise<void> }

/**
 * One BullMQ worker per queue. A job whose worker died is taken up again within seconds (`lockDuration`), however
 * often that happens: handlers may run twice, and giving up would lose work.
 */
export function startWorkers(context: WorkerContext, redisUrl: string, concurrency: number): Workers {
  const perQueue: Record<QueueName, number> = {
    commands: concurrency,
    'fan-out': concurrency,
    // Jobs share transactions (see Rollup.ts), so many at once is what makes each transaction cheap per job.
    metering: concurrency * 16,
    maintenance: 2,
  }
  const connection = new Redis(redisUrl, {
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  })
  connection.on('error', (error) => context.log.warn({ reason: error.message }, 'the queues’ Redis is away'))
  const workers = QUEUES.map((name) => {
    const worker = new Worker(name, (job) => runJob(context, job), {
      connection,
      concurrency: perQueue[name],
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: 1_000,
      metrics: { maxDataPoints: 60 },
      settings: {
        backoffStrategy: (attemptsMade, _type, _error, job) => {
          const backoff = job?.opts.backoff
          return boundedBackoff(attemptsMade, typeof backoff === 'object' ? (backoff.delay ?? 1_000) : 1_000)
        },
      },
    })
    worker.on('error', (error) =>
      context.log.warn({ queue: name, reason: error.message }, 'a worker met an error'),
    )
    return worker
  })
  return {
    // Waits for the jobs in hand; what is not begun stays in the queue.
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()))
      connection.disconnect()
    },
  }
}
