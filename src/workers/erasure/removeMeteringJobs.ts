import { queueName } from '../../platform/redisNames.ts'
import type { WorkerContext } from '../context.ts'
import { scrubMeteringJob } from './scrubMeteringJob.ts'

/** As many as a queue keeps, and some that end meanwhile. */
const MOST = 1_000

/**
 * Removes the metering jobs of an account that are done and still kept, and its part of those that have failed: they
 * have addresses and endpoints, and a parked one may stay for ever. Those that wait are counted soon, and then only
 * their units are kept; one that is parked instead is scrubbed then.
 */
export async function removeMeteringJobs(
  { queues, regions }: WorkerContext,
  accountId: string,
): Promise<void> {
  const findErased = async (accountIds: string[]) => new Set(accountIds.filter((id) => id === accountId))
  for (const region of regions.values()) {
    const queue = queues.all.get(queueName('metering', region.name))
    if (!queue) continue
    for (const job of await queue.getJobs(['completed'], 0, MOST))
      if (JSON.stringify(job?.data ?? '').includes(accountId)) await job.remove()
    // By ID, because jobs change their places meanwhile.
    for (const id of await queue.getRanges(['active', 'delayed', 'failed'], 0, -1))
      await scrubMeteringJob(region, id, findErased)
  }
}
