import type { JobsOptions } from 'bullmq'
import { type JobName, jobs } from '../domain/jobs.ts'
import { retryOptions } from './retryOptions.ts'

/** Options of a job by the catalogue. */
export const jobOptions = (name: JobName, id?: string): JobsOptions => retryOptions(jobs[name].retry, id)

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
