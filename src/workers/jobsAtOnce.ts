import type { QueueName } from '../domain/jobs.ts'

/** How many jobs of each queue a worker runs at once, with this WORKER_CONCURRENCY. */
export function jobsAtOnce(concurrency: number): Record<QueueName, number> {
  return {
    commands: concurrency,
    // Places of their own, so that no flood of other commands takes them.
    revocations: concurrency,
    // Long transactions over many rows; two leave the database to the others.
    imports: 2,
    'fan-out': concurrency,
    // Its statements are heavy; one account never takes more than one of these places.
    alerts: 4,
    // They do not wait for the evaluations of each half minute, nor do these wait for them.
    crossings: 4,
    // They wait for others' servers.
    notifications: concurrency * 4,
    // Jobs share transactions (see Rollup.ts), so many at once is what makes each transaction cheap per job.
    metering: concurrency * 16,
    // Each is many batches.
    slots: concurrency,
    // Two may be at work for minutes by night, and what is left over by day must not wait for them.
    maintenance: 4,
    asks: concurrency,
  }
}
