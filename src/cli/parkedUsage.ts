import { Command as Cli } from 'commander'
import { PRIMARY } from '../domain/regions.ts'
import { shardNames } from '../domain/shards.ts'
import { queueName } from '../platform/redisNames.ts'
import { print } from './print.ts'
import { type Service, withService } from './withService.ts'

/** Jobs that `usage parked` lists at most, per region. */
const LISTED = 100

/** `usage parked`: the metering jobs that Postgres has refused, which wait for an operator. */
export function parkedCommand(): Cli {
  return new Cli('parked')
    .description('list metering jobs that Postgres refused, or retry them')
    .option('--retry', 'put all of them back into their queue, once the cause is fixed')
    .action(async ({ retry }: { retry?: boolean }, command: Cli) => {
      const regions = await withService((service) => forEachQueue(service, retry ?? false))
      print(command, { parked: regions.reduce((sum, { parked }) => sum + parked, 0), regions })
    })
}

const forEachQueue = ({ env, queues }: Service, retry: boolean) =>
  Promise.all(
    [PRIMARY, ...env.REGIONS.map(({ name }) => name)]
      .flatMap((region) => shardNames(region, env.SHARDS))
      .map(async (region) => {
        const queue = queues.all.get(queueName('metering', region))
        if (!queue) throw new Error(`The region ${region} has no metering queue.`)
        await queue.waitUntilReady()
        const parked = await queue.getFailedCount()
        const listed = await queue.getFailed(0, LISTED - 1)
        const jobs = listed.map(({ id, name, failedReason, attemptsMade, timestamp }) => ({
          id,
          name,
          reason: failedReason,
          attempts: attemptsMade,
          storedAt: new Date(timestamp).toISOString(),
        }))
        if (retry) await queue.retryJobs({ state: 'failed' })
        return { region, parked, jobs }
      }),
  )
