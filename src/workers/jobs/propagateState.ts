import type { JobData } from '../../domain/jobs.ts'
import { lapseRegion, PRIMARY } from '../../domain/regions.ts'
import { RegionUnavailable } from '../../region/Region.ts'
import { bringState } from '../bringState.ts'
import type { WorkerContext } from '../context.ts'

/**
 * Brings what a command changed into one region; done when the region has confirmed it, or when a further region that
 * does not answer has provably run out of its lease. Safe late, twice and out of order: it reads the truth when it
 * runs, and the region keeps the newer version of the two.
 */
export async function propagateState(
  context: WorkerContext,
  { commandId, region: name, keyIds, accountIds }: JobData<'propagate-state'>,
): Promise<void> {
  const { orm, lease, log } = context
  try {
    const region = context.regions.get(name)
    if (!region) throw new RegionUnavailable(`This worker knows no region ${name}: is it in its REGIONS?`)
    await bringState(context, region, { commandId, keyIds, accountIds })
  } catch (error) {
    if (!(error instanceof RegionUnavailable) || name === PRIMARY || lease.ms === 0) throw error
    const lapsed = await orm.em
      .fork()
      .transactional((em) => lapseRegion(em, { commandId, region: name, marginMs: lease.marginMs }))
    if (!lapsed) throw error
    log.warn({ commandId, region: name }, 'a region is cut off; its lease has run out')
  }
}
