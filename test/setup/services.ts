import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Redis, type RedisOptions, startRedis } from '../../src/dev/redis.ts'
import { cloneTemplate, type FreshDatabase } from './cloneTemplate.ts'

/** A database of one's own, migrated and empty: a clone of the run's template. */
export function freshDatabase(): Promise<FreshDatabase> {
  return cloneTemplate(inject('postgresUrl'))
}

/**
 * A Redis server of one's own, empty, which the test may kill and restart. `stop` also deletes its data.
 * `inject('redisUrl')` is the run's shared one.
 */
export async function freshRedis(options: Pick<RedisOptions, 'appendfsync' | 'env'> = {}): Promise<Redis> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pictify-keys-redis-'))
  return startRedis({ ...options, dataDir, temporary: true })
}
