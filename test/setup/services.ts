import { inject } from 'vitest'
import type { Redis } from '../../src/dev/redis.ts'
import { cloneTemplate, type FreshDatabase } from './cloneTemplate.ts'
import { startTestRedis, type TestRedisOptions } from './testRedis.ts'

/** A database of one's own, migrated and empty: a clone of the run's template. */
export function freshDatabase(): Promise<FreshDatabase> {
  return cloneTemplate(inject('postgresUrl'))
}

/**
 * A Redis server of one's own, empty, which the test may kill and restart. `stop` also deletes its data.
 * `inject('redisUrl')` is the run's shared one.
 */
export function freshRedis(options: TestRedisOptions = {}): Promise<Redis> {
  return startTestRedis(options)
}
