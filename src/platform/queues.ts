import { FlowProducer, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import {
  type JobData,
  type JobName,
  jobs,
  type OutboxMessage,
  QUEUES,
  type QueueName,
} from '../domain/jobs.ts'
import { PRIMARY } from '../domain/regions.ts'
import { placeOfShard, shardNames } from '../domain/shards.ts'
import { connectRedis } from './connectRedis.ts'
import { jobOptions } from './jobOptions.ts'
import { requireReached } from './reached.ts'
import { namesIn, queueName, usageQueues } from './redisNames.ts'
import { tracing } from './tracing.ts'
import { within } from './within.ts'

/**
 * How long storing a job may take, in ms. After that the caller continues as if the queue were away. The job may still
 * be stored later.
 */
export const ADD_MS = 2_000

export type FurtherRegion = { name: string; url: string }

export type Queues = {
  /** The primary region's queues. */
  byName: Record<QueueName, Queue>
  /** Every queue by its name, those of further regions among them. */
  all: Map<string, Queue>
  /**
   * `delayMs`: not before then. `priority`: 0 first. `once`: while a job with this name waits, another adds nothing;
   * while it runs, one more follows it, however many are added. It is a trace of its own: it has many causes.
   */
  add: <Name extends JobName>(
    name: Name,
    data: JobData<Name>,
    id?: string,
    options?: { delayMs?: number; priority?: number; once?: string },
  ) => Promise<void>
  send: (message: OutboxMessage) => Promise<void>
  /**
   * As `send`, for a message that was sent before: its waiting and running jobs stay, and those that have ended start
   * again.
   */
  sendAgain: (message: OutboxMessage) => Promise<void>
  /** Jobs of all regions that have usage to count and are not done. */
  countMetering: () => Promise<number>
  close: () => Promise<void>
}

/**
 * The producers' side of every queue. Adding fails at once while Redis is away, within 2 s where it hangs, and
 * within 4 s where it was not reached before: rows are what is durable.
 */
export function openQueues(redisUrl: string, furtherRegions: FurtherRegion[] = [], shards = 1): Queues {
  const connections: Redis[] = []
  const connect = (url: string, place = 0) => {
    const connection = connectRedis(url, 'jobs', { place })
    connections.push(connection)
    return connection
  }
  const all = new Map<string, Queue>()
  const telemetry = tracing.queues
  const open = (name: string, connection: Redis, url: string, place = 0) => {
    const prefix = namesIn(url, place).jobs
    const queue = new Queue(name, { connection, prefix, telemetry, streams: { events: { maxLen: 1_000 } } })
    queue.on('error', () => {})
    all.set(name, queue)
    return queue
  }
  const connection = connect(redisUrl)
  const byName = Object.fromEntries(QUEUES.map((name) => [name, open(name, connection, redisUrl)])) as Record<
    QueueName,
    Queue
  >
  for (const region of furtherRegions) {
    open(queueName('fan-out', region.name), connection, redisUrl)
    const near = connect(region.url)
    for (const queue of [...usageQueues(region.name), queueName('asks', region.name)])
      open(queue, near, region.url)
  }
  const regions = [{ name: PRIMARY, url: redisUrl }, ...furtherRegions]
  const shardsOf = regions.map(({ name, url }) => ({ url, names: shardNames(name, shards) }))
  for (const { url, names } of shardsOf)
    for (const name of names.slice(1)) {
      const place = placeOfShard(name)
      const near = connect(url, place)
      for (const queue of usageQueues(name)) open(queue, near, url, place)
    }
  const flows = new FlowProducer({ connection, prefix: namesIn(redisUrl).jobs, telemetry })
  flows.on('error', () => {})

  const stored = (added: Promise<unknown>) =>
    within(ADD_MS, added, () => new Error(`Redis has not stored the job within ${ADD_MS} ms`))
  const add = async (
    name: JobName,
    data: unknown,
    id?: string,
    { delayMs, priority, once }: { delayMs?: number; priority?: number; once?: string } = {},
  ) => {
    const queue = byName[jobs[name].queue]
    await requireReached(queue)
    const options = {
      ...jobOptions(name, id),
      ...(delayMs === undefined ? {} : { delay: delayMs }),
      ...(priority === undefined ? {} : { priority }),
      ...(once === undefined ? {} : onlyOnce(once)),
    }
    await stored(queue.add(name, data, options))
  }
  const send = async (message: OutboxMessage) => {
    if (message.kind === 'job')
      return add(message.name, message.data, message.id, { priority: message.priority })
    const { parent, children } = message
    await requireReached(flows)
    await stored(
      flows.add({
        name: parent.name,
        queueName: parent.queue ?? jobs[parent.name].queue,
        data: parent.data,
        opts: jobOptions(parent.name, parent.id),
        children: children.map((child) => ({
          name: child.name,
          queueName: queueOf(child),
          data: child.data,
          opts: { ...jobOptions(child.name, child.id), priority: child.priority ?? 0 },
        })),
      }),
    )
  }
  const sendAgain = async (message: OutboxMessage) => {
    const parts =
      message.kind === 'job'
        ? [{ queue: jobs[message.name].queue as string, id: message.id }]
        : [
            { queue: message.parent.queue ?? jobs[message.parent.name].queue, id: message.parent.id },
            ...message.children.map((child) => ({ queue: queueOf(child), id: child.id })),
          ]
    for (const { queue, id } of parts) await removeEnded(all.get(queue), id)
    await send(message)
  }
  const countMetering = async () => {
    const counts = await Promise.all(
      shardsOf
        .flatMap(({ names }) => names.flatMap(usageQueues))
        .map(async (name) => {
          const queue = all.get(name)
          if (queue) await requireReached(queue)
          return queue ? queue.getJobCountByTypes('wait', 'active', 'delayed', 'prioritized') : 0
        }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }
  const close = async () => {
    await flows.close()
    await Promise.all([...all.values()].map((queue) => queue.close()))
    for (const one of connections) one.disconnect()
  }
  return { byName, all, add, send, sendAgain, countMetering, close }
}

const onlyOnce = (id: string) => ({
  deduplication: { id, keepLastIfActive: true },
  telemetry: { omitContext: true },
})

/** An ended job keeps its ID until BullMQ forgets it, and another by that ID would be dropped. */
async function removeEnded(queue: Queue | undefined, id: string | undefined): Promise<void> {
  if (!queue || id === undefined) return
  await requireReached(queue)
  const job = await queue.getJob(id)
  if (!job || !['completed', 'failed'].includes(await job.getState())) return
  // Another worker may just be doing the same.
  await job.remove({ removeChildren: false }).catch(() => {})
}

/** Where a child of a flow goes: what is for a region goes to that region's queue. */
function queueOf({ name, data }: { name: JobName; data: unknown }): string {
  const region = (data as { region?: string }).region ?? PRIMARY
  return queueName(jobs[name].queue, region)
}
