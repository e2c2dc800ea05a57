import { claimIdOf } from '../../domain/metering/claimId.ts'
import { within } from '../../platform/within.ts'
import { dropRefusals, readRefusals, sealRefusals } from '../../region/mergedRefusals.ts'
import type { Region } from '../../region/Region.ts'
import { RegionUnavailable } from '../../region/RegionUnavailable.ts'
import type { WorkerContext } from '../context.ts'

/** How long Postgres may take to say that it is there, in ms. */
const PROBE_MS = 2_000

/** Per claim. */
const AT_ONCE = 5_000

/**
 * Counts the refused requests that regions added up while many jobs waited. Safe to run twice, at once and to die in:
 * what is set aside no longer changes, is claimed in the transaction that counts it, and is deleted after that.
 */
export async function countRefusals({ orm, regions, rollup }: WorkerContext): Promise<void> {
  // While Postgres is away, regions continue to add them up.
  await within(PROBE_MS, orm.em.fork().execute('select 1'))
  for (const region of regions.values()) {
    await countIn(region, rollup).catch((error) => {
      // The next run comes soon, and other regions are counted meanwhile.
      if (!(error instanceof RegionUnavailable)) throw error
    })
  }
}

async function countIn(region: Region, rollup: WorkerContext['rollup']): Promise<void> {
  for (const id of await sealRefusals(region)) {
    const all = await readRefusals(region, id)
    const parts: Promise<void>[] = []
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const claim = claimIdOf(`refusals ${id} ${from}`)
      const refusals = all.slice(from, from + AT_ONCE)
      parts.push(rollup.add({ name: 'merged-refusals', data: { claim, refusals } }))
    }
    await Promise.all(parts)
    await dropRefusals(region, id)
  }
}
