import { queueName } from '../../platform/redisNames.ts'
import type { WorkerContext } from '../context.ts'

/** As many as a queue keeps, and some that end meanwhile. */
const MOST = 1_000

/**
 * Removes the metering jobs of an account that are done and still kept: they have addresses and endpoints. Those that
 * wait are counted soon, and then only their units are kept.
 */
export async function removeMeteringJobs(
  { queues, regions }: WorkerContext,
  accountId: string,
): Promise<void> {
  for (const region of regions.keys()) {
    const queue = queues.all.get(queueName('metering', region))
    for (const job of (await queue?.getJobs(['completed'], 0, MOST)) ?? [])
      if (JSON.stringify(job?.data ?? '').includes(accountId)) await job.remove()
  }
}
