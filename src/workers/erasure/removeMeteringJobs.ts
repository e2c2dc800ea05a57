import type { JobType } from 'bullmq'
import { queueName } from '../../platform/redisNames.ts'
import type { WorkerContext } from '../context.ts'
import { scrubMeteringJob } from './scrubMeteringJob.ts'

/** More than an earlier release kept. */
const MOST = 1_000

const UNFINISHED: JobType[] = ['wait', 'prioritized', 'delayed', 'active', 'failed']

/**
 * Takes the part of an account out of the metering jobs that wait or have failed, because they have addresses and
 * endpoints, and removes those that are done: an earlier release kept some. A job that a worker has in hand, or parks
 * later, is scrubbed then.
 */
export async function removeMeteringJobs(
  { queues, regions }: WorkerContext,
  accountId: string,
): Promise<void> {
  const findErased = async (accountIds: string[]) => new Set(accountIds.filter((id) => id === accountId))
  for (const region of regions.values()) {
    const queue = queues.all.get(queueName('metering', region.name))
    if (!queue) continue
    // By ID, because jobs change their places meanwhile.
    for (const id of await queue.getRanges(UNFINISHED, 0, -1)) await scrubMeteringJob(region, id, findErased)
    for (const job of await queue.getJobs(['completed'], 0, MOST))
      if (JSON.stringify(job?.data ?? '').includes(accountId)) await job.remove()
  }
}
