import type { Orm } from '../platform/postgres.ts'
import { isTooOld, readRunsFrom, SCHEMA } from '../platform/schemaState.ts'
import { within } from '../platform/within.ts'
import { TruthIsOld } from './Journal.ts'
import type { Region } from './Region.ts'

export type Readiness = { ready: boolean; checks: { postgres: string; redis: string } }

const BOUND_MS = 2_000
const TOO_OLD = 'needs a newer release'
const OLD_TRUTH = 'older than its region: run `keys recover`'

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
 * migrated past it is not ready any more, nor is one whose database was restored from before what its region has.
 */
export async function readiness(orm: Orm, region: Region): Promise<Readiness> {
  const [postgres, redis, isCurrent] = await Promise.all([
    outcome(askPostgres(orm), (runsFrom) => (isTooOld({ schema: SCHEMA, runsFrom }) ? TOO_OLD : 'ok')),
    outcome(region.ready(BOUND_MS).then(() => region.redis.ping())),
    within(BOUND_MS, region.journal.requireCurrent()).then(
      () => true,
      (error) => !(error instanceof TruthIsOld),
    ),
  ])
  const checks = { postgres: postgres === 'ok' && !isCurrent ? OLD_TRUTH : postgres, redis }
  return { ready: checks.postgres === 'ok' && redis === 'ok', checks }
}

const outcome = <Value>(check: Promise<Value>, judge = (_value: Value) => 'ok') =>
  within(BOUND_MS, check).then(judge, () => 'unavailable')
