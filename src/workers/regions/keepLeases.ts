import { noteEpochLease } from '../../domain/regionEpochs.ts'
import { isPrimary, listOwed, noteLease, registerRegions } from '../../domain/regions.ts'
import type { Region } from '../../region/Region.ts'
import { RegionUnavailable } from '../../region/RegionUnavailable.ts'
import type { WorkerContext } from '../context.ts'
import { bringState } from './bringState.ts'

/** Commands brought to a region that was away, per turn. */
const OWED = 200

/**
 * Renews the lease of every further region for as long as this worker reaches both Postgres and the region, four times
 * within its length. A timer and not a queue: a region must not stop because the queues' Redis does.
 */
export function keepLeases(context: WorkerContext): { stop: () => void } {
  const further = [...context.regions.values()].filter(({ name }) => !isPrimary(name))
  if (further.length === 0) return { stop: () => {} }
  let registered = false
  const turn = async (region: Region) => {
    try {
      if (!registered) {
        const names = further.map(({ name }) => name)
        await context.orm.em.fork().transactional((em) => registerRegions(em, names))
        registered = true
      }
      await renew(context, region)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      context.log.warn({ region: region.name, reason }, 'the lease of a region was not renewed')
    }
  }
  // Without leases a region only has to be listed and caught up with, which can take its time.
  const everyMs = context.lease.ms > 0 ? context.lease.ms / 4 : 1_000
  const timers = further.map((region) => {
    let busy = false
    const run = () => {
      if (busy) return
      busy = true
      void turn(region).finally(() => {
        busy = false
      })
    }
    run()
    return setInterval(run, everyMs)
  })
  return {
    stop: () => {
      for (const timer of timers) clearInterval(timer)
    },
  }
}

/**
 * Brings a region what it is owed, then gives it a lease, unless it is owed something whose outcome there is
 * `lapsed`. A command that comes in between does not stop the lease: nobody has called it done, and it waits for the
 * region or for the end of this lease. The region's clock is read before Postgres is asked: what Postgres did not
 * know of as lapsed can become so only after that instant, from which the lease is counted. However late the renewal
 * arrives, the lease lasts no longer. Where most Sentinels do not say that its server is the primary, there is none.
 * Throws RegionUnavailable, and TruthIsOld where Postgres lacks what any region has.
 */
export async function renew(context: WorkerContext, region: Region): Promise<boolean> {
  const { orm, lease } = context
  for (let attempt = 0; attempt < 2; attempt++) {
    for (const one of await listOwed(orm.em.fork(), region.name, OWED)) await bringState(context, region, one)
    if (lease.ms === 0) return false
    // A region that was cut off lacks what others have: each has a word in whether Postgres is old.
    for (const { journal } of context.regions.values()) await journal.requireLastKnown()
    const marker = await region.marker()
    const since = await region.now()
    await region.failover.requireChosen(marker)
    const given = { region: region.name, marker }
    const noted = await orm.em
      .fork()
      .transactional(
        async (em) =>
          (await noteLease(em, { ...given, leaseMs: lease.ms })) &&
          (await noteEpochLease(em, { ...given, ms: lease.ms + lease.marginMs })),
      )
    if (noted) return region.renewLease(marker, since, lease.ms)
    // Where nothing is owed, the epoch is another.
    await region.check()
  }
  throw new RegionUnavailable(`The region ${region.name} is still owed changes.`)
}
