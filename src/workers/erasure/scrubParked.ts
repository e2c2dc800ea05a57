import type { Job } from 'bullmq'
import { findErased } from '../../domain/erasure/erasing.ts'
import type { WorkerContext } from '../context.ts'
import { SCRUBBED, scrubMeteringJob } from './scrubMeteringJob.ts'

/**
 * Call it before a metering job is parked: the job may then stay for long, and an erasure that began while the job was
 * waiting has not seen it. Returns what to say of the failure: `reason`, unless it may quote what is no longer there.
 */
export async function scrubParked(
  { orm, regions }: Pick<WorkerContext, 'orm' | 'regions'>,
  job: Job,
  reason: string,
): Promise<string> {
  const region = [...regions.values()].find(
    ({ meteringPrefix }) => meteringPrefix === `${job.queueQualifiedName}:`,
  )
  if (!region || !job.id) return reason
  if (!(await scrubMeteringJob(region, job.id, (accountIds) => findErased(orm.em.fork(), accountIds))))
    return reason
  job.stacktrace = []
  return SCRUBBED
}
