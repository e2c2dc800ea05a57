import { FlowProducer, type JobsOptions, Queue } from 'bullmq'
import { Redis } from 'ioredis'
import {
  type JobData,
  type JobName,
  jobs,
  type OutboxMessage,
  QUEUES,
  type QueueName,
} from '../domain/jobs.ts'
import { requireReached } from './reached.ts'

/** Options of a job by the catalogue; retention is explicit on every queue. */
export function jobOptions(name: JobName, id?: string): JobsOptions {
  const { attempts, delayMs } = jobs[name].retry
  return {
    ...(id === undefined ? {} : { jobId: id }),
    attempts,
    // From `delayMs` on, doubled with each attempt up to a minute, ± a quarter.
    backoff: { type: 'bounded', delay: delayMs },
    removeOnComplete: { count: 200 },
    removeOnFail: { count: 5_000, age: 14 * 24 * 3600 },
  }
}

/** The delay in ms before attempt `attemptsMade + 1`. */
export function boundedBackoff(attemptsMade: number, baseMs: number, random = Math.random): number {
  const grown = Math.min(baseMs * 2 ** Math.min(attemptsMade - 1, 20), 60_000)
  return Math.round(grown * (0.75 + random() / 2))
}

/** For scripts that store a metering job in the step that counts: BullMQ's key prefix, and the job's options as JSON. */
export const METERING_PREFIX = `bull:${jobs['roll-up-verifications'].queue}:`
export const METERING_OPTIONS = JSON.stringify(jobOptions('roll-up-verifications'))

export type Queues = {
  byName: Record<QueueName, Queue>
  add: <Name extends JobName>(name: Name, data: JobData<Name>, id?: string) => Promise<void>
  send: (message: OutboxMessage) => Promise<void>
  close: () => Promise<void>
}

/**
 * The producers' side of every queue. Adding fails at once while Redis is away, within 2 s where it was never there:
 * rows are what is durable.
 */
export function openQueues(redisUrl: string): Queues {
  const connection = new Redis(redisUrl, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: 2_000,
    commandTimeout: 5_000,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
  })
  connection.on('error', () => {
    // Each command reports its own failure; the connection comes back by itself.
  })
  const byName = Object.fromEntries(
    QUEUES.map((name) => [name, new Queue(name, { connection, streams: { events: { maxLen: 1_000 } } })]),
  ) as Record<QueueName, Queue>
  for (const queue of Object.values(byName)) queue.on('error', () => {})
  const flows = new FlowProducer({ connection })
  flows.on('error', () => {})

  const add = async (name: JobName, data: unknown, id?: string) => {
    const queue = byName[jobs[name].queue]
    await requireReached(queue)
    await queue.add(name, data, jobOptions(name, id))
  }
  const send = async (message: OutboxMessage) => {
    if (message.kind === 'job') return add(message.name, message.data, message.id)
    const { parent, children } = message
    await requireReached(flows)
    await flows.add({
      name: parent.name,
      queueName: jobs[parent.name].queue,
      data: parent.data,
      opts: jobOptions(parent.name, parent.id),
      children: children.map((child) => ({
        name: child.name,
        queueName: jobs[child.name].queue,
        data: child.data,
        opts: jobOptions(child.name, child.id),
      })),
    })
  }
  const close = async () => {
    await flows.close()
    await Promise.all(Object.values(byName).map((queue) => queue.close()))
    connection.disconnect()
  }
  return { byName, add, send, close }
}
