import type { Redis } from 'ioredis'
import type { QueueFacts } from '../Facts.ts'

/**
 * What is in BullMQ's queues, by its own names in Redis: a `Queue` of BullMQ would write its version there, and this
 * only looks.
 */
export async function readQueues(redis: Redis, prefix: string, names: string[]): Promise<QueueFacts[]> {
  const workers = await readWorkers(redis)
  return Promise.all(
    names.map(async (name) => {
      const key = `${prefix}:${name}:`
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
        // As BullMQ names a worker's connection.
        ...(workers && { hasWorker: workers.has(`${prefix}:${Buffer.from(name).toString('base64')}`) }),
      }
    }),
  )
}

/** The names of all connections; undefined where Redis does not show them. */
async function readWorkers(redis: Redis): Promise<Set<string> | undefined> {
  const list = await redis.client('LIST').catch(() => undefined)
  if (list === undefined) return undefined
  return new Set([...String(list).matchAll(/ name=(\S*?)(?::w:\S*)? /g)].map(([, name = '']) => name))
}
