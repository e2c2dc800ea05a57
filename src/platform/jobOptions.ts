import type { JobsOptions } from 'bullmq'
import { type JobDefinition, type JobName, jobs } from '../domain/jobs.ts'

/** Options of a job by the catalogue; retention is explicit on every queue. */
export function jobOptions(name: JobName, id?: string): JobsOptions {
  const { attempts, delayMs, parkAfter }: JobDefinition['retry'] = jobs[name].retry
  return {
    ...(id === undefined ? {} : { jobId: id }),
    attempts,
    // From `delayMs` on, doubled with each attempt up to a minute, ± a quarter.
    backoff: { type: 'bounded', delay: delayMs },
    removeOnComplete: { count: 200 },
    removeOnFail: parkAfter === undefined ? { count: 5_000, age: 14 * 24 * 3600 } : false,
    // Otherwise a job keeps the stack of every failed run.
    stackTraceLimit: 3,
  }
}

/** The delay in ms before attempt `attemptsMade + 1`, at most `maxMs` give or take a quarter. */
export function boundedBackoff(
  attemptsMade: number,
  baseMs: number,
  maxMs = 60_000,
  random = Math.random,
): number {
  const grown = Math.min(baseMs * 2 ** Math.min(attemptsMade - 1, 20), maxMs)
  return Math.round(grown * (0.75 + random() / 2))
}

/** For scripts that store a metering job in the step that counts: the job's options as JSON. */
export const METERING_OPTIONS = JSON.stringify(jobOptions('roll-up-verifications'))

/** The same for what verifiers without Postgres ask. */
export const ASK_OPTIONS = JSON.stringify(jobOptions('load-states'))
