import type { JobData } from '../../domain/jobs.ts'
import { isPrimary, lapseRegion } from '../../domain/regions.ts'
import { within } from '../../platform/within.ts'
import { regionOf } from '../../region/openRegions.ts'
import { RegionUnavailable } from '../../region/RegionUnavailable.ts'
import type { WorkerContext } from '../context.ts'
import { bringState } from './bringState.ts'

/** A healthy region answers well within this. A slower one is looked up in Postgres then, and after each pause. */
const FIRST_LOOK_MS = 50
const LOOK_MS = 250

/**
 * Brings what a command changed into one region; done when the region has confirmed it, or when a further region that
 * does not answer has provably run out of its lease. Safe late, twice and out of order: it reads the truth when it
 * runs, and the region keeps the newer version of the two.
 */
export async function propagateState(
  context: WorkerContext,
  { commandId, region: name, ...changed }: JobData<'propagate-state'>,
): Promise<void> {
  const { orm, lease, log } = context
  const mayLapse = !isPrimary(name) && lease.ms > 0
  const hasLapsed = async () => {
    const lapsed = await orm.em
      .fork()
      .transactional((em) => lapseRegion(em, { commandId, region: name, marginMs: lease.marginMs }))
    if (lapsed) log.warn({ commandId, region: name }, 'a region is cut off; its lease has run out')
    return lapsed
  }
  try {
    const region = regionOf(context.regions, name)
    const bringing = bringState(context, region, { commandId, ...changed })
    await (mayLapse ? settledOrLapsed(bringing, hasLapsed) : bringing)
  } catch (error) {
    if (!(error instanceof RegionUnavailable) || !mayLapse) throw error
    if (!(await hasLapsed())) throw error
  }
}

/**
 * Waits for the region, but not for the end of its silence once it has lapsed: a connection that lets nothing through
 * is given up only after seconds. What is on its way may still arrive, and is recorded then.
 */
async function settledOrLapsed(bringing: Promise<void>, hasLapsed: () => Promise<boolean>): Promise<void> {
  let settled = false
  const settling = bringing.finally(() => {
    settled = true
  })
  settling.catch(() => {})
  for (let pause = FIRST_LOOK_MS; !settled; pause = LOOK_MS) {
    await within(pause, settling).catch(() => {})
    if (!settled && (await hasLapsed())) return
  }
  await settling
}
