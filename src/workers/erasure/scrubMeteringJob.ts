import { accountsIn, type MeteringWork, scrubUsage } from '../../domain/erasure/scrubUsage.ts'
import { jobs } from '../../domain/jobs.ts'
import type { Region } from '../../region/Region.ts'

/** Others who rewrite a job at the same time are other erasures: few. */
const ATTEMPTS = 20

/** What a scrubbed job says of its failures: the messages of Postgres may quote what is no longer there. */
export const SCRUBBED = 'Postgres refused it. The usage of an erased account has been taken out since.'

/** Writes a job's data unless it has changed since it was read. */
const REPLACE = `
if redis.call('HGET', KEYS[1], 'data') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'data', ARGV[2])
redis.call('HDEL', KEYS[1], 'stacktrace')
if redis.call('HEXISTS', KEYS[1], 'failedReason') == 1 then redis.call('HSET', KEYS[1], 'failedReason', ARGV[3]) end
return 1`

/**
 * Takes what one metering job holds of erased accounts out of it, but for their units; the job stays where it is. In
 * one step, so that neither a crash nor another erasure brings anything back. A worker that runs the job meanwhile has
 * its own copy, with the same claims. Returns whether there was anything. Throws RegionUnavailable.
 */
export async function scrubMeteringJob(
  region: Region,
  jobId: string,
  findErased: (accountIds: string[]) => Promise<Set<string>>,
): Promise<boolean> {
  const key = `${region.meteringPrefix}${jobId}`
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [name, stored] = await region.answered(region.redis.hmget(key, 'name', 'data'))
    const work = readWork(name, stored)
    if (!work || !stored) return false
    const erased = await findErased(accountsIn(work))
    if (erased.size === 0) return false
    const data = JSON.stringify(scrubUsage(work, erased))
    if (await region.answered(region.redis.eval(REPLACE, 1, key, stored, data, SCRUBBED))) return true
  }
  throw new Error(`The job ${jobId} changed each time it was to be rewritten.`)
}

/** Undefined for what is gone, for other jobs, and for what only another release can read. */
function readWork(
  name: string | null | undefined,
  stored: string | null | undefined,
): MeteringWork | undefined {
  if (
    !stored ||
    (name !== 'roll-up-verifications' && name !== 'take-back-verifications' && name !== 'roll-up-events')
  )
    return undefined
  const data = JSON.parse(stored)
  return jobs[name].data.safeParse(data).success ? ({ name, data } as MeteringWork) : undefined
}
