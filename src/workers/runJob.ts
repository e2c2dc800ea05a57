import { type Job, UnrecoverableError } from 'bullmq'
import { type JobName, jobs } from '../domain/jobs.ts'
import type { Handler, WorkerContext } from './context.ts'
import { handlers } from './handlers.ts'

/** Runs one job: parses what it carries, calls its handler, measures, and logs a failure once. Throw to retry. */
export async function runJob(context: WorkerContext, job: Job): Promise<unknown> {
  const name = job.name as JobName
  const definition = jobs[name]
  if (!definition) throw new UnrecoverableError(`There is no job ${job.name}`)
  const stop = context.metrics.jobSeconds.startTimer({ job: name })
  try {
    const data = definition.data.parse(job.data)
    const value = await (handlers[name] as Handler<unknown>)(context, data)
    context.metrics.jobs.inc({ job: name, outcome: 'done' })
    return value
  } catch (error) {
    const last = job.attemptsMade + 1 >= (job.opts.attempts ?? 1)
    context.metrics.jobs.inc({ job: name, outcome: last ? 'failed' : 'retry' })
    const entry = { job: name, jobId: job.id, attempt: job.attemptsMade + 1, err: error }
    if (last) context.log.error(entry, 'a job failed for good')
    else context.log.warn(entry, 'a job will be retried')
    throw error
  } finally {
    stop()
  }
}
