import { randomBytes } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Redis, type RedisOptions, startRedis } from '../../src/dev/redis.ts'
import { TEMPLATE } from './globalSetup.ts'
import { runSql } from './runSql.ts'

export type FreshDatabase = {
  databaseUrl: string
  /** Deletes it, whoever is still connected. */
  drop: () => Promise<void>
}

/** A database of one's own, migrated and empty: a clone of the run's template. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  const serverUrl = inject('postgresUrl')
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  await runSql(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`)
  return {
    databaseUrl: url.href,
    drop: async () => {
      await runSql(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

/**
 * A Redis server of one's own, empty, which the test may kill and restart. `stop` also deletes its data.
 * `inject('redisUrl')` is the run's shared one.
 */
export async function freshRedis(options: Pick<RedisOptions, 'appendfsync'> = {}): Promise<Redis> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pictify-keys-redis-'))
  return startRedis({ ...options, dataDir, temporary: true })
}
