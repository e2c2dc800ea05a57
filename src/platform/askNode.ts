import { Redis } from 'ioredis'
import type { MovingRedis } from './redisUrl.ts'

/** How long opening the connection, and each answer, may take, in ms. */
export const ASK_MS = 2_000

export type Node = MovingRedis['nodes'][number]

/** Asks one server on a connection of its own, once. Throws what ioredis throws. */
export async function askNode<Answer>(
  node: Node,
  { username, password, encrypted }: Pick<MovingRedis, 'username' | 'password' | 'encrypted'>,
  ask: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  const redis = new Redis({
    ...node,
    username,
    password,
    ...(encrypted ? { tls: {} } : {}),
    retryStrategy: () => null,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    connectTimeout: ASK_MS,
    commandTimeout: ASK_MS,
  })
  redis.on('error', () => {})
  try {
    return await ask(redis)
  } finally {
    redis.disconnect()
    // One that hangs does not close its end.
    redis.stream?.destroy()
  }
}
