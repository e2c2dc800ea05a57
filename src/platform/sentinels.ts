import { askNode } from './askNode.ts'
import type { MovingRedis } from './redisUrl.ts'

/** What each Sentinel of a group says of it, as `SENTINEL MASTER` and `SENTINEL REPLICAS` answer. Rejects in time. */
export function askSentinels(
  { nodes, group, sentinelUsername, sentinelPassword, encrypted }: MovingRedis,
  question: 'master' | 'replicas',
): Promise<unknown[]>[] {
  const login = { username: sentinelUsername, password: sentinelPassword, encrypted }
  return nodes.map((node) =>
    askNode(node, login, (redis) => redis.call('sentinel', question, group) as Promise<unknown[]>),
  )
}
