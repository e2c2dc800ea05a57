import type { Orm } from '../platform/postgres.ts'
import { isTooOld, readRunsFrom, SCHEMA } from '../platform/schemaState.ts'
import { within } from '../platform/within.ts'
import type { Region } from './Region.ts'

export type Readiness = { ready: boolean; checks: { postgres: string; redis: string } }

const BOUND_MS = 2_000
const TOO_OLD = 'needs a newer release'

/** A Postgres that hangs is asked once at a time, however often probes come. */
const asking = new WeakMap<Orm, Promise<number>>()

function askPostgres(orm: Orm): Promise<number> {
  let asked = asking.get(orm)
  if (!asked) {
    asked = readRunsFrom(orm.em.fork()).finally(() => asking.delete(orm))
    asking.set(orm, asked)
  }
  return asked
}

/**
 * Whether each dependency answers within 2 s; `ok`, or what is wrong with it. A process that runs while its database is
 * migrated past it is not ready any more.
 */
export async function readiness(orm: Orm, region: Region): Promise<Readiness> {
  const [postgres, redis] = await Promise.all([
    outcome(askPostgres(orm), (runsFrom) => (isTooOld({ schema: SCHEMA, runsFrom }) ? TOO_OLD : 'ok')),
    outcome(region.ready(BOUND_MS).then(() => region.redis.ping())),
  ])
  return { ready: postgres === 'ok' && redis === 'ok', checks: { postgres, redis } }
}

const outcome = <Value>(check: Promise<Value>, judge = (_value: Value) => 'ok') =>
  within(BOUND_MS, check).then(judge, () => 'unavailable')
