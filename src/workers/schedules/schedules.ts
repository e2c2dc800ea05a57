import { type JobName, jobs } from '../../domain/jobs.ts'
import { DAY_MS, HOUR_MS } from '../../domain/time.ts'
import { jobOptions } from '../../platform/jobOptions.ts'
import type { Log } from '../../platform/log.ts'
import type { Queues } from '../../platform/queues.ts'
import { requireReached } from '../../platform/reached.ts'

/**
 * What runs by the clock: every so many ms, or by a cron pattern in UTC, once a day unless `turnMs` says otherwise.
 * Schedules only start jobs.
 */
export const schedules: { job: JobName; every?: number; pattern?: string; turnMs?: number }[] = [
  { job: 'sweep-commands', every: 5_000 },
  { job: 'relay-outbox', every: 5_000 },
  { job: 'relay-events', every: 5_000 },
  { job: 'sweep-notifications', every: 5_000 },
  { job: 'count-refusals', every: 10_000 },
  { job: 'announce-usage-days', every: 10_000 },
  // Usage is in its buckets within 2 s; 5 s after the half minute it is complete.
  { job: 'evaluate-alerts', pattern: '5,35 * * * * *', turnMs: 30_000 },
  { job: 'reset-test-quotas', pattern: '0 0 0 * * *' },
  { job: 'maintain-partitions', every: HOUR_MS },
  { job: 'sweep-expired-keys', every: 60_000 },
  { job: 'sweep-states', every: 600_000 },
  { job: 'reseal-secrets', every: 600_000 },
  { job: 'expire-records', pattern: '0 10 0 * * *' },
  { job: 'fold-minutes', pattern: '0 20 0 * * *' },
  { job: 'close-usage-days', pattern: '0 30 0 * * *' },
]

const CHECK_MS = 5_000

/**
 * Registers the schedules, and again whenever one is missing: they live in Redis, and what recovers from the loss of
 * Redis must not be lost with it. The same from every worker, so that one more worker changes nothing.
 */
export function keepSchedules(queues: Queues, log: Log): { stop: () => void } {
  const check = () =>
    registerMissing(queues).catch((error) =>
      log.warn({ reason: error.message }, 'schedules could not be checked'),
    )
  void check()
  const timer = setInterval(check, CHECK_MS)
  return { stop: () => clearInterval(timer) }
}

/** Each run is a trace of its own, not a part of the run before. */
const telemetry = { omitContext: true }

/**
 * A run that is more than two turns away was set by a clock that has gone back since, or that is ahead of this one.
 * Without this, nothing would run until that time has come again.
 */
const isTooFar = (next: number | undefined, turnMs: number) => (next ?? 0) > Date.now() + 2 * turnMs

async function registerMissing(queues: Queues): Promise<void> {
  for (const { job, every, pattern, turnMs = every ?? DAY_MS } of schedules) {
    const queue = queues.byName[jobs[job].queue]
    await requireReached(queue)
    const present = await queue.getJobScheduler(job)
    const isFar = isTooFar(present?.next, turnMs)
    // Those that the first release stored continue one trace without end.
    if (!isFar && present?.template?.opts?.telemetry?.omitContext) continue
    // BullMQ would count on from the run that is too far away.
    if (isFar) await queue.removeJobScheduler(job)
    const repeat = every === undefined ? { pattern, tz: 'UTC' } : { every }
    await queue.upsertJobScheduler(job, repeat, {
      name: job,
      data: {},
      opts: { ...jobOptions(job), telemetry },
    })
  }
}
