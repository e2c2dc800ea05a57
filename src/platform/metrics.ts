import type { Queue } from 'bullmq'
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
  type RegistryContentType,
} from 'prom-client'
import type { Pools } from './pools.ts'
import type { Queues } from './queues.ts'
import { reached } from './reached.ts'
import { tracing } from './tracing.ts'
import { within } from './within.ts'

/** How long a metric waits for Postgres. */
const LOOK_MS = 2_000

export type Metrics = ReturnType<typeof createMetrics>

/** Every metric of the service, in one registry per process. Times in seconds, as Prometheus asks for. */
export function createMetrics() {
  const registry = new Registry<RegistryContentType>()
  // Exemplars have no place in the older text format.
  const enableExemplars = tracing.isOn
  if (enableExemplars) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    batchSize: new Histogram({
      name: 'keys_verification_batch_size',
      help: 'Requests per round trip of the admission script',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
      registers,
    }),
    regionUnavailable: new Counter({
      name: 'keys_region_unavailable_total',
      help: 'Verifications answered with 503 because the region could not decide',
      registers,
    }),
    delayedRefusals: new Counter({
      name: 'keys_delayed_refusals_total',
      help: 'Refusals answered after a delay, by what was refused (call, key): their caller repeats them at once',
      labelNames: ['of'] as const,
      registers,
    }),
    lookups: new Counter({
      name: 'keys_lookups_total',
      help: 'Look-ups of keys, tokens, sessions and links that were not in memory, by outcome',
      labelNames: ['what', 'outcome'] as const,
      registers,
    }),
    standbyReads: new Counter({
      name: 'keys_standby_reads_total',
      help: 'Reads of usage, histories and exports with DATABASE_READ_URL, by where they were read (standby, primary)',
      labelNames: ['from'] as const,
      registers,
    }),
    httpSeconds: new Histogram({
      name: 'keys_http_request_seconds',
      help: 'Time to the response, by route and status. Verifications are in keys_verifications_total',
      labelNames: ['route', 'status'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      enableExemplars,
      registers,
    }),
    jobs: new Counter({
      name: 'keys_jobs_total',
      help: 'Job runs, by job and outcome (done, retry, failed, parked)',
      labelNames: ['job', 'outcome'] as const,
      registers,
    }),
    jobSeconds: new Histogram({
      name: 'keys_job_seconds',
      help: 'Time of one run of a job',
      labelNames: ['job'] as const,
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30],
      enableExemplars,
      registers,
    }),
    impossibleEvents: new Counter({
      name: 'keys_usage_impossible_events_total',
      help: 'Reported events not counted because the time in their requestId is in the future or 400 days ago',
      registers,
    }),
    alertLag: new Histogram({
      name: 'keys_alert_evaluation_lag_seconds',
      help: 'Delay between the instant for which an account’s rules are evaluated and the end of the evaluation',
      buckets: [2, 5, 6, 8, 10, 15, 30, 60, 300, 3_600],
      registers,
    }),
    deliveries: new Counter({
      name: 'keys_deliveries_total',
      help: 'Attempts to deliver a notification, by type of channel and by outcome',
      labelNames: ['channel', 'outcome'] as const,
      registers,
    }),
    commandsGivenUp: new Counter({
      name: 'keys_commands_given_up_total',
      help: 'Commands that ended as internal-error because they cannot succeed, by kind',
      labelNames: ['kind'] as const,
      registers,
    }),
    signIns: new Counter({
      name: 'keys_sign_ins_total',
      help: 'Sign-in attempts by outcome: succeeded, failed (wrong email or password), refused (no attempts left)',
      labelNames: ['outcome'] as const,
      registers,
    }),
    operatorFailures: new Counter({
      name: 'keys_operator_failures_total',
      help: 'Requests with a wrong operator name or password',
      registers,
    }),
    forwardedForIgnored: new Counter({
      name: 'keys_forwarded_for_ignored_total',
      help: 'Sign-in attempts whose X-Forwarded-For was ignored: TRUSTED_PROXIES does not name the sender',
      registers,
    }),
    doctorFindings: new Gauge({
      name: 'keys_doctor_findings',
      help: 'What this process found wrong with its set-up when it started, by severity (error, warning)',
      labelNames: ['severity'] as const,
      registers,
    }),
    commandSeconds: new Histogram({
      name: 'keys_command_seconds',
      help: 'Time a caller waited for a command, by kind and outcome (pending: the caller got a 202)',
      labelNames: ['kind', 'outcome'] as const,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
      enableExemplars,
      registers,
    }),
  }
}

/** Depth and age of every queue, measured when Prometheus asks; -1 while Redis is away. */
export function measureQueues(metrics: Metrics, queues: Queues): void {
  const registers = [metrics.registry]
  // All queues at once: a Redis that hangs delays the answer by one timeout, and the other metrics are needed then.
  const ofEach = (measure: (queue: string, handle: Queue) => Promise<void>) =>
    Promise.all(
      [...queues.all].map(async ([queue, handle]) => {
        if (await reached(handle)) await measure(queue, handle)
      }),
    )
  const depth = new Gauge({
    name: 'keys_queue_jobs',
    help: 'Jobs in each queue, by state',
    labelNames: ['queue', 'state'] as const,
    registers,
    collect: async () => {
      await ofEach(async (queue, handle) => {
        const measured: Record<string, number> | undefined = await handle
          .getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed', 'waiting-children')
          .catch(() => undefined)
        // Which of those that wait has a priority is BullMQ's affair.
        const { wait = -1, prioritized = 0, ...others } = measured ?? {}
        const counts = { wait: wait + prioritized, ...others }
        for (const [state, count] of Object.entries(counts)) depth.set({ queue, state }, count)
      })
    },
  })
  const finished = new Gauge({
    name: 'keys_queue_finished',
    help: 'Jobs finished by all workers since the queue was created, by queue and outcome',
    labelNames: ['queue', 'outcome'] as const,
    registers,
    collect: async () => {
      await ofEach(async (queue, handle) => {
        for (const outcome of ['completed', 'failed'] as const) {
          const metrics = await handle.getMetrics(outcome, 0, 0).catch(() => undefined)
          if (!metrics) return
          finished.set({ queue, outcome }, metrics.meta.count)
        }
      })
    },
  })
  const age = new Gauge({
    name: 'keys_queue_oldest_seconds',
    help: 'Age of the job that runs next. Jobs that wait behind others of their account do not count',
    labelNames: ['queue'] as const,
    registers,
    collect: async () => {
      await ofEach(async (queue, handle) => {
        const first = (state: 'wait' | 'prioritized') => handle.getJobs(state, 0, 0, true).catch(() => [])
        const next = [...(await first('wait')), ...(await first('prioritized'))]
        const since = Math.min(Date.now(), ...next.map(({ timestamp }) => timestamp))
        age.set({ queue }, (Date.now() - since) / 1000)
      })
    },
  })
}

/**
 * Counts verifications by code: in a plain object, for this is on the path of every request; read when Prometheus
 * asks.
 */
export function countVerifications(metrics: Metrics): (code: string) => void {
  const counts: Record<string, number> = {}
  new Counter({
    name: 'keys_verifications_total',
    help: 'Verifications answered, by code',
    labelNames: ['code'] as const,
    registers: [metrics.registry],
    collect() {
      this.reset()
      for (const [code, count] of Object.entries(counts)) this.inc({ code }, count)
    },
  })
  return (code) => {
    counts[code] = (counts[code] ?? 0) + 1
  }
}

/** How many key states a verifier holds in memory. */
export function measureCache(metrics: Metrics, verifier: { cachedKeys: number }): void {
  new Gauge({
    name: 'keys_cached_keys',
    help: 'Key states in memory',
    registers: [metrics.registry],
    collect() {
      this.set(verifier.cachedKeys)
    },
  })
}

/** Connections to Postgres by what they are for; read when Prometheus asks. */
export function measurePools(metrics: Metrics, pools: Pick<Pools<string>, 'counts'>): void {
  new Gauge({
    name: 'keys_postgres_connections',
    help: 'Connections to Postgres by pool and state (busy, idle), and queries waiting for a connection (waiting)',
    labelNames: ['pool', 'state'] as const,
    registers: [metrics.registry],
    collect() {
      for (const { pool, busy, idle, waiting } of pools.counts()) {
        this.set({ pool, state: 'busy' }, busy)
        this.set({ pool, state: 'idle' }, idle)
        this.set({ pool, state: 'waiting' }, waiting)
      }
    },
  })
}

/** How long this worker's metering jobs have been waiting for Postgres. */
export function measureRollup(metrics: Metrics, rollup: { waitedMs: number }): void {
  new Gauge({
    name: 'keys_usage_waiting_seconds',
    help: 'Time for which this worker’s metering jobs have waited for Postgres. 0 while it answers',
    registers: [metrics.registry],
    collect() {
      this.set(rollup.waitedMs / 1_000)
    },
  })
}

/** How many account days differ by their last check; 0 is the only good value. Read when Prometheus asks. */
export function measureReconciliation(metrics: Metrics, countDiffering: () => Promise<number>): void {
  new Gauge({
    name: 'keys_usage_differing_days',
    help: 'Account days whose usage records differed at their last check. -1 while Postgres is away',
    registers: [metrics.registry],
    async collect() {
      this.set(await within(LOOK_MS, countDiffering()).catch(() => -1))
    },
  })
}

/**
 * How long the oldest notification waits that is not delivered, and the oldest that is due. Read when Prometheus
 * asks.
 */
export function measureNotifications(
  metrics: Metrics,
  oldest: () => Promise<{ undelivered: number; due: number }>,
): void {
  const age = new Gauge({
    name: 'keys_notifications_oldest_seconds',
    help: 'Age of the oldest undelivered notification, and delay of the oldest due one. -1 while Postgres is away',
    labelNames: ['state'] as const,
    registers: [metrics.registry],
    async collect() {
      const { undelivered, due } = await within(LOOK_MS, oldest()).catch(() => ({ undelivered: -1, due: -1 }))
      age.set({ state: 'undelivered' }, undelivered)
      age.set({ state: 'due' }, due)
    },
  })
}
