import { type Job, UnrecoverableError } from 'bullmq'
import { type JobDefinition, type JobName, jobs } from '../domain/jobs.ts'
import { jobOptions } from '../platform/jobOptions.ts'
import { observe } from '../platform/observe.ts'
import { isRefusal } from '../platform/sqlState.ts'
import type { Handler, WorkerContext } from './context.ts'
import { scrubParked } from './erasure/scrubParked.ts'
import { handlers } from './handlers.ts'
import { Postponed } from './Postponed.ts'

/** Runs one job: parses what it carries, calls its handler, measures, and logs a failure once. Throw to retry. */
export async function runJob(context: WorkerContext, job: Job): Promise<unknown> {
  const name = job.name as JobName
  const definition: JobDefinition | undefined = jobs[name]
  if (!definition) throw new UnrecoverableError(`There is no job ${job.name}`)
  const { retry } = definition
  if (retry.parkAfter !== undefined) neverGiveUp(job, name)
  const started = performance.now()
  try {
    const data = definition.data.parse(job.data)
    const value = await (handlers[name] as Handler<unknown>)(context, data)
    context.metrics.jobs.inc({ job: name, outcome: 'done' })
    return value
  } catch (error) {
    if (error instanceof Postponed) {
      context.metrics.jobs.inc({ job: name, outcome: 'postponed' })
      throw error
    }
    const attempt = job.attemptsMade + 1
    const entry = { job: name, jobId: job.id, attempt, err: error }
    if (retry.parkAfter !== undefined && attempt >= retry.parkAfter && isRefusal(error)) {
      const reason = await scrubParked(context, job, String((error as Error).message).slice(0, 500))
      context.metrics.jobs.inc({ job: name, outcome: 'parked' })
      context.log.error(entry, 'a job is parked among the failed ones: retry it once its cause is repaired')
      throw new UnrecoverableError(reason)
    }
    const last = attempt >= (job.opts.attempts ?? 1)
    context.metrics.jobs.inc({ job: name, outcome: last ? 'failed' : 'retry' })
    // A verifier's question that nobody could answer is asked again with the next request.
    const log = definition.queue === 'asks' ? context.log.seldom : context.log
    if (last) log.error(entry, 'a job failed for good')
    else context.log.seldom.warn(entry, 'a job will be retried')
    throw error
  } finally {
    observe(context.metrics.jobSeconds, { job: name }, (performance.now() - started) / 1000)
  }
}

/** Jobs that an older release has stored carry its options; a number of attempts was the end of them. */
function neverGiveUp(job: Job, name: JobName): void {
  const { attempts, removeOnFail, stackTraceLimit } = jobOptions(name)
  Object.assign(job.opts, { attempts, removeOnFail, stackTraceLimit })
}
