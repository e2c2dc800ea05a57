import type { JobName } from '../domain/jobs.ts'
import { jobs } from '../domain/jobs.ts'
import { jobOptions, type Queues } from '../platform/queues.ts'

/** What runs by the clock: every so many ms, or by a cron pattern in UTC. Schedules only start jobs. */
const schedules: { job: JobName; every?: number; pattern?: string }[] = [
  { job: 'sweep-commands', every: 5_000 },
  { job: 'relay-outbox', every: 5_000 },
  { job: 'reset-test-quotas', pattern: '0 0 0 * * *' },
  { job: 'expire-records', pattern: '0 10 0 * * *' },
]

/** Registers the schedules; the same from every worker, so that one more worker changes nothing. */
export async function registerSchedules(queues: Queues): Promise<void> {
  for (const { job, every, pattern } of schedules) {
    const repeat = every === undefined ? { pattern, tz: 'UTC' } : { every }
    await queues.byName[jobs[job].queue].upsertJobScheduler(job, repeat, {
      name: job,
      data: {},
      opts: jobOptions(job),
    })
  }
}
