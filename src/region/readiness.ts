import type { Orm } from '../platform/postgres.ts'
import { isTooOld, readRunsFrom, SCHEMA } from '../platform/schemaState.ts'
import { within } from '../platform/within.ts'
import { TruthIsOld } from './Journal.ts'
import type { Shards } from './shards.ts'

export type Readiness = { ready: boolean; checks: { postgres: string; redis: string } }

const BOUND_MS = 2_000
const AWAY = 'unavailable'
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
 * Without some of its shards it is ready: it goes on verifying the keys of all others.
 */
export async function readiness(orm: Orm, shards: Shards): Promise<Readiness> {
  const [postgres, redis, isCurrent] = await Promise.all([
    outcome(askPostgres(orm), (runsFrom) => (isTooOld({ schema: SCHEMA, runsFrom }) ? TOO_OLD : 'ok')),
    askShards(shards),
    Promise.all(
      shards.map(({ journal }) =>
        within(BOUND_MS, journal.requireCurrent()).then(
          () => true,
          (error) => !(error instanceof TruthIsOld),
        ),
      ),
    ),
  ])
  const checks = { postgres: postgres === 'ok' && isCurrent.includes(false) ? OLD_TRUTH : postgres, redis }
  return { ready: checks.postgres === 'ok' && redis !== AWAY, checks }
}

const outcome = <Value>(check: Promise<Value>, judge = (_value: Value) => 'ok') =>
  within(BOUND_MS, check).then(judge, () => AWAY)

/** `ok`; or how many of the shards are away. */
async function askShards(shards: Shards): Promise<string> {
  const asked = await Promise.all(
    shards.map((shard) => outcome(shard.ready(BOUND_MS).then(() => shard.redis.ping()))),
  )
  const away = asked.filter((one) => one === AWAY).length
  return away === 0 ? 'ok' : away === shards.length ? AWAY : `${away} of ${shards.length} shards unavailable`
}
