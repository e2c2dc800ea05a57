import type { JobData } from '../../domain/jobs.ts'
import { listLiving } from '../../domain/keys/livingStates.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { sweepStates as sweep } from '../../region/sweepStates.ts'
import type { WorkerContext } from '../context.ts'

/** Enqueues a job for each region that sweeps it. Safe to run twice: region and turn are the job's ID. */
export async function sweepStates({ queues, regions, now }: WorkerContext): Promise<void> {
  const turn = Math.floor(now().getTime() / MINUTE_MS)
  for (const region of regions.keys())
    await queues.add('sweep-region-states', { region }, `sweep-states-${region}-${turn}`)
}

/**
 * Removes from a region the states of keys that ended long ago: a region that keeps them would grow for ever. Safe
 * twice, at once and late: a state that is missing comes back from Postgres as soon as somebody asks for it.
 */
export async function sweepRegionStates(
  { orm, regions, now, log }: WorkerContext,
  { region: name }: JobData<'sweep-region-states'>,
): Promise<void> {
  const region = regions.get(name)
  if (!region) return
  const em = orm.em.fork()
  const keys = await sweep(region, 'keys', (ids) => listLiving(em, 'keys', ids, now()))
  const accounts = await sweep(region, 'accounts', (ids) => listLiving(em, 'accounts', ids, now()))
  if (keys + accounts > 0) log.info({ region: name, keys, accounts }, 'states of ended keys were removed')
}
