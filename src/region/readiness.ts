import type { Orm } from '../platform/postgres.ts'
import { within } from '../platform/within.ts'
import type { Region } from './Region.ts'

export type Readiness = { ready: boolean; checks: { postgres: string; redis: string } }

const BOUND_MS = 2_000

/** Whether each dependency answers within 2 s; `ok`, or what is wrong with it. */
export async function readiness(orm: Orm, region: Region): Promise<Readiness> {
  const [postgres, redis] = await Promise.all([
    outcome(orm.em.fork().execute('select 1')),
    outcome(region.ready(BOUND_MS).then(() => region.redis.ping())),
  ])
  return { ready: postgres === 'ok' && redis === 'ok', checks: { postgres, redis } }
}

const outcome = (check: Promise<unknown>) =>
  within(BOUND_MS, check).then(
    () => 'ok',
    () => 'unavailable',
  )
