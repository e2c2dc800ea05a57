import type { Orm } from '../platform/postgres.ts'
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

async function outcome(check: Promise<unknown>): Promise<string> {
  let bound: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    bound = setTimeout(() => reject(new Error('no answer')), BOUND_MS)
  })
  try {
    await Promise.race([check, late])
    return 'ok'
  } catch {
    return 'unavailable'
  } finally {
    clearTimeout(bound)
  }
}
