import type { Redis } from 'ioredis'
import type { QueueFacts } from '../Facts.ts'

/**
 * What is in BullMQ's queues, by its own names in Redis: a `Queue` of BullMQ would write its version there, and this
 * only looks.
 */
export async function readQueues(redis: Redis, names: string[]): Promise<QueueFacts[]> {
  const workers = await readWorkers(redis)
  return Promise.all(
    names.map(async (name) => {
      const key = `bull:${name}:`
      const [waiting, prioritized, failed, paused] = await Promise.all([
        redis.llen(`${key}wait`),
        redis.zcard(`${key}prioritized`),
        redis.zcard(`${key}failed`),
        redis.hexists(`${key}meta`, 'paused'),
      ])
      return {
        name,
        failed,
        isPaused: paused === 1,
        waiting: waiting + prioritized,
        ...(workers && { hasWorker: workers.has(workerName(name)) }),
      }
    }),
  )
}

/** The name that BullMQ gives to a worker's connection. */
const workerName = (queue: string) => `bull:${Buffer.from(queue).toString('base64')}`

/** The names of all connections; undefined where Redis does not show them. */
async function readWorkers(redis: Redis): Promise<Set<string> | undefined> {
  const list = await redis.client('LIST').catch(() => undefined)
  if (list === undefined) return undefined
  return new Set([...String(list).matchAll(/ name=(\S*?)(?::w:\S*)? /g)].map(([, name = '']) => name))
}
