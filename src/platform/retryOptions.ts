import type { JobsOptions } from 'bullmq'
import { OF_ASKS, type Retry, WITHOUT_END } from '../domain/retries.ts'

/** Options of a job that is retried so; retention is explicit on every queue. */
export function retryOptions({ attempts, delayMs, parkAfter }: Retry, id?: string): JobsOptions {
  return {
    ...(id === undefined ? {} : { jobId: id }),
    attempts,
    // From `delayMs` on, doubled with each attempt up to a minute, ± a quarter.
    backoff: { type: 'bounded', delay: delayMs },
    // What carries usage has addresses and endpoints, and leaves as soon as it is counted.
    removeOnComplete: parkAfter === undefined ? { count: 200 } : true,
    removeOnFail: parkAfter === undefined ? { count: 5_000, age: 14 * 24 * 3600 } : false,
    // Otherwise a job keeps the stack of every failed run.
    stackTraceLimit: 3,
  }
}

/** For scripts that store a metering job in the step that counts: the job's options as JSON. */
export const METERING_OPTIONS = JSON.stringify(retryOptions(WITHOUT_END))

/** The same for what verifiers without Postgres ask. */
export const ASK_OPTIONS = JSON.stringify(retryOptions(OF_ASKS))
