import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Redis } from 'ioredis'
import type { KeyState } from '../domain/keys/keyState.ts'
import { executeBound, pgArray } from '../domain/sql.ts'
import type { RedisNames } from '../platform/redisNames.ts'

/** Keys that a region has, and the database lacks or has an older version of. */
export type Ahead = { unknown: string[]; newer: string[] }

/**
 * Compares a region's states with a database that was restored: what it knows of keys that were created or changed
 * since the backup. A region does not know every key.
 */
export async function listAhead(
  em: SqlEntityManager,
  { redis, names }: { redis: Redis; names: RedisNames },
): Promise<Ahead> {
  const marker = await redis.get(names.marker)
  const ahead: Ahead = { unknown: [], newer: [] }
  if (marker === null) return ahead
  for await (const page of redis.hscanStream(`${names.states(marker)}keys`, {
    match: 'state:*',
    count: 1_000,
  })) {
    const states = (page as string[]).filter((_, index) => index % 2 === 1)
    await compare(
      em,
      states.map((text) => JSON.parse(text) as KeyState),
      ahead,
    )
  }
  return ahead
}

async function compare(em: SqlEntityManager, states: KeyState[], ahead: Ahead): Promise<void> {
  const rows = await executeBound<{ id: string; version: number }>(
    em,
    'select id, version from api_key where id = any($1::text[])',
    [pgArray(states.map(({ keyId }) => keyId))],
  )
  const versions = new Map(rows.map(({ id, version }) => [id, version]))
  for (const { keyId, version } of states) {
    const known = versions.get(keyId)
    if (known === undefined) ahead.unknown.push(keyId)
    else if (known < version) ahead.newer.push(keyId)
  }
}
