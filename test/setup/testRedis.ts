import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Redis, type RedisOptions, startRedis } from '../../src/dev/redis.ts'
import { type Group, type Node, startCluster, startSentinelGroup } from './redisGroups.ts'

export type TestRedisOptions = Pick<RedisOptions, 'appendfsync' | 'env'> & {
  /** One server whatever TEST_REDIS says: what is behind a proxy has one address. */
  isOne?: boolean
}

/**
 * A Redis of its own, empty. `TEST_REDIS=sentinel` or `cluster`: a small group instead, whose primary stays the one
 * that it is; `pid`, `kill` and `restart` are its.
 */
export async function startTestRedis({ isOne = false, ...options }: TestRedisOptions = {}): Promise<Redis> {
  const kind = isOne ? '' : (process.env.TEST_REDIS ?? '')
  if (kind === 'sentinel')
    return asRedis(await startSentinelGroup({ replicas: 1, sentinels: 1, downAfterMs: 60_000 }))
  if (kind === 'cluster') return asRedis(await startCluster({ primaries: 1, timeoutMs: 60_000 }))
  if (kind !== '') throw new Error('TEST_REDIS is sentinel or cluster')
  const dataDir = await mkdtemp(join(tmpdir(), 'pictify-keys-redis-'))
  return startRedis({ ...options, dataDir, temporary: true })
}

/** A group as tests have one Redis. */
export function asRedis({ url, nodes, stop }: Group): Redis {
  const [primary] = nodes as [Node]
  return {
    url,
    port: primary.port,
    get pid() {
      return primary.pid
    },
    get exited() {
      return primary.exited
    },
    stop,
    kill: () => primary.kill(),
    restart: async () => {
      await primary.stop()
      await primary.restart()
    },
  }
}
