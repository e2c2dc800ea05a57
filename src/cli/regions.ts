import { Command as Cli } from 'commander'
import { leaseMarginMs, listRegions, removeRegion } from '../domain/regions.ts'
import { print } from './print.ts'
import { withService } from './withService.ts'

type RemoveOptions = { stopped?: boolean }

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
    .description('remove a region that no REGIONS names any more')
    .argument('<name>')
    .option('--stopped', 'for a region without leases: confirm that nothing verifies there any more')
    .action(async (name: string, { stopped = false }: RemoveOptions, command: Cli) => {
      const removed = await withService(async ({ env, em }) => {
        // Without leases nothing else could say that it no longer admits.
        if (env.REGION_LEASE_MS === 0 && !stopped)
          throw new Error(
            'Without leases (REGION_LEASE_MS=0) say --stopped when nothing verifies there any more.',
          )
        const marginMs = leaseMarginMs(env.REGION_LEASE_MS)
        return em.transactional((own) => removeRegion(own, { region: name, marginMs }))
      })
      if (removed === 'unknown') throw new Error(`There is no further region ${name}.`)
      if (removed === 'leased')
        throw new Error(
          `The region ${name} may still hold a lease. Take it out of REGIONS, restart the workers, and try again when its lease is over.`,
        )
      print(command, { region: name, removed: true })
    })
  return regions
}
