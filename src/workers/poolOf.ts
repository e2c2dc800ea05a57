import { type JobDefinition, type JobName, jobs, type QueueName } from '../domain/jobs.ts'
import type { WorkerPool } from '../platform/pools.ts'

const byQueue: Record<QueueName, WorkerPool> = {
  commands: 'commands',
  imports: 'commands',
  // What commands that wait for locks hold is not what a revocation waits for.
  revocations: 'revocations',
  'fan-out': 'revocations',
  asks: 'asks',
  metering: 'metering',
  slots: 'metering',
  alerts: 'messages',
  crossings: 'messages',
  notifications: 'messages',
  // What sees to others' work is short.
  maintenance: 'messages',
}

/** Statements over whole tables, which may take minutes. */
const long = new Set<JobName>([
  'expire-records',
  'fold-minutes',
  'close-usage-days',
  'reconcile-account',
  'maintain-partitions',
  'reset-test-quotas',
])

/** The pool of connections to Postgres that a job uses. A kind of jobs that hangs does not take those of others. */
export function poolOf(job: JobName): WorkerPool {
  if (long.has(job)) return 'maintenance'
  const definition: JobDefinition | undefined = jobs[job]
  return definition ? byQueue[definition.queue] : 'messages'
}
