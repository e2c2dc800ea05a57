import { Redis } from 'ioredis'
import type { MovingRedis } from './redisUrl.ts'

/** How long a Sentinel may take to answer, in ms. */
const ASK_MS = 2_000

/** What each Sentinel of a group says of it, as `SENTINEL MASTER` and `SENTINEL REPLICAS` answer. Rejects in time. */
export function askSentinels(group: MovingRedis, question: 'master' | 'replicas'): Promise<unknown[]>[] {
  return group.nodes.map((node) => askSentinel(group, node, question))
}

async function askSentinel(
  { group, sentinelUsername, sentinelPassword, encrypted }: MovingRedis,
  node: MovingRedis['nodes'][number],
  question: string,
): Promise<unknown[]> {
  const redis = new Redis({
    ...node,
    username: sentinelUsername,
    password: sentinelPassword,
    ...(encrypted ? { tls: {} } : {}),
    retryStrategy: () => null,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    connectTimeout: ASK_MS,
    commandTimeout: ASK_MS,
  })
  redis.on('error', () => {})
  try {
    return (await redis.call('sentinel', question, group)) as unknown[]
  } finally {
    redis.disconnect()
    // One that hangs does not close its end.
    redis.stream?.destroy()
  }
}
