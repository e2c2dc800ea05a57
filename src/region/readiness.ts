import type { Orm } from '../platform/postgres.ts'
import { within } from '../platform/within.ts'
import type { Region } from './Region.ts'

export type Readiness = { ready: boolean; checks: { postgres: string; redis: string } }

const BOUND_MS = 2_000

/** A Postgres that hangs is asked once at a time, however often probes come. */
const asking = new WeakMap<Orm, Promise<unknown>>()

function askPostgres(orm: Orm): Promise<unknown> {
  let asked = asking.get(orm)
  if (!asked) {
    asked = orm.em
      .fork()
      .execute('select 1')
      .finally(() => asking.delete(orm))
    asking.set(orm, asked)
  }
  return asked
}

/** Whether each dependency answers within 2 s; `ok`, or what is wrong with it. */
export async function readiness(orm: Orm, region: Region): Promise<Readiness> {
  const [postgres, redis] = await Promise.all([
    outcome(askPostgres(orm)),
    outcome(region.ready(BOUND_MS).then(() => region.redis.ping())),
  ])
  return { ready: postgres === 'ok' && redis === 'ok', checks: { postgres, redis } }
}

const outcome = (check: Promise<unknown>) =>
  within(BOUND_MS, check).then(
    () => 'ok',
    () => 'unavailable',
  )
