import { Command as Cli } from 'commander'
import { leaseMarginMs, listRegions, removeRegion } from '../domain/regions.ts'
import { shardNames } from '../domain/shards.ts'
import type { Queues } from '../platform/queues.ts'
import { requireReached } from '../platform/reached.ts'
import { usageQueues } from '../platform/redisNames.ts'
import { print } from './print.ts'
import { REACHED_WITHIN_MS, type Service, withService } from './withService.ts'

type RemoveOptions = { stopped?: boolean; loseUsage?: boolean }

/** `region …`: the further regions that every change must reach. One is added by naming it in REGIONS. */
export function regionCommands(): Cli {
  const regions = new Cli('region').description('Further regions, which receive every change')

  regions
    .command('list')
    .description('list further regions, the end of their leases and the changes that have not reached them')
    .action(async (_options: unknown, command: Cli) => {
      print(command, await withService(({ em }) => listRegions(em)))
    })

  regions
    .command('remove')
    .description('remove a region that no api process or worker uses any more')
    .argument('<name>')
    .option('--stopped', 'for a region without leases: confirm that nothing verifies there any more')
    .option('--lose-usage', 'for a Redis that is gone for good: give up usage that it may still hold')
    .action(async (name: string, options: RemoveOptions, command: Cli) => {
      const removed = await withService((service) => remove(service, name, options))
      if (removed === 'unknown') throw new Error(`There is no further region ${name}.`)
      if (removed === 'leased')
        throw new Error(
          `The region ${name} may still hold a lease. Take it out of the workers' REGIONS, restart them, and try again when its lease is over.`,
        )
      print(command, { region: name, removed: true })
    })
  return regions
}

async function remove({ env, em, queues }: Service, name: string, { stopped, loseUsage }: RemoveOptions) {
  // Without leases nothing else could say that it no longer admits.
  if (env.REGION_LEASE_MS === 0 && !stopped)
    throw new Error('Without leases (REGION_LEASE_MS=0) say --stopped when nothing verifies there any more.')
  return em.transactional(async (own) => {
    const removed = await removeRegion(own, { region: name, marginMs: leaseMarginMs(env.REGION_LEASE_MS) })
    // Without a lease nothing new is stored there: what is counted now is all.
    if (removed === 'removed' && !loseUsage) await requireNoUsage(queues, name, env.SHARDS)
    return removed
  })
}

/** Throws where the region's Redis holds usage that no worker has counted, or cannot be asked. */
async function requireNoUsage(queues: Queues, name: string, shards: number): Promise<void> {
  const own = shardNames(name, shards)
    .flatMap(usageQueues)
    .flatMap((queue) => queues.all.get(queue) ?? [])
  if (own.length === 0)
    throw new Error(
      `Its Redis may hold usage that is not counted yet. Name it for this command, REGIONS=${name}=redis://…, or say --lose-usage if it is gone for good.`,
    )
  const states = ['waiting', 'prioritized', 'delayed', 'active', 'failed'] as const
  let jobs = 0
  for (const queue of own) {
    await requireReached(queue, REACHED_WITHIN_MS)
    jobs += await queue.getJobCountByTypes(...states)
  }
  if (jobs > 0)
    throw new Error(
      `Its Redis holds ${jobs} metering jobs that are not counted yet. Let a worker with ${name} in its REGIONS count them first (see also \`usage parked\`), or say --lose-usage.`,
    )
}
