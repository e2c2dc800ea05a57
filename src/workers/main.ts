import { flushCompileCache } from 'node:module'
import { oldestNotifications } from '../domain/notifications/deliveryHealth.ts'
import { leaseMarginMs, PRIMARY } from '../domain/regions.ts'
import { readBackupSettings } from '../platform/backup/settings.ts'
import { checkSchema } from '../platform/checkSchema.ts'
import { connectRedis } from '../platform/connectRedis.ts'
import { EventRelay } from '../platform/EventRelay.ts'
import { enqueuePushes } from '../platform/enqueuePushes.ts'
import { readEnv } from '../platform/env.ts'
import { keepLayout } from '../platform/keepLayout.ts'
import { createLog } from '../platform/log.ts'
import { measureEventLoop } from '../platform/measureEventLoop.ts'
import {
  createMetrics,
  measureNotifications,
  measurePools,
  measureQueues,
  measureRollup,
} from '../platform/metrics.ts'
import { openPools, workerPools } from '../platform/pools.ts'
import { openQueues } from '../platform/queues.ts'
import { createShutdown } from '../platform/shutdown.ts'
import { startTracing } from '../platform/startTracing.ts'
import { epochRegister } from '../region/epochRegister.ts'
import { openRegions, shardsOf } from '../region/openRegions.ts'
import { CrossingWatch } from './alerts/CrossingWatch.ts'
import { Rollup } from './metering/Rollup.ts'
import { openNotifiers } from './notifiers/Notifiers.ts'
import { poolOf } from './poolOf.ts'
import { startProbes } from './probes.ts'
import { keepLeases } from './regions/keepLeases.ts'
import { keepBackups } from './schedules/keepBackups.ts'
import { keepSchedules } from './schedules/schedules.ts'
import { startWorkers } from './startWorkers.ts'

const env = readEnv()
const tracing = await startTracing(env, 'worker')
const log = createLog(env.LOG_LEVEL, { process: 'worker' })
const shutdown = createShutdown(log, env.SHUTDOWN_MS)
shutdown.add('traces', () => tracing.close())
const metrics = createMetrics()
measureEventLoop(metrics)

const pools = await openPools(env.DATABASE_URL, workerPools(env))
shutdown.add('postgres', () => pools.close())
await checkSchema(pools.leases, log, shutdown)
await keepLayout(pools.leases, env.SHARDS, log, shutdown)
measurePools(metrics, pools)
const queues = openQueues(env.REDIS_URL, env.REGIONS, env.SHARDS)
shutdown.add('queues', () => queues.close())
measureQueues(metrics, queues)
measureNotifications(metrics, () => oldestNotifications(pools.messages.em.fork()))
const regions = openRegions(env, log, epochRegister(pools.leases))
shutdown.add('regions', () => Promise.all([...regions.values()].map((region) => region.close())))
// If a message is lost, the waiting request reads the row when its bound is over.
const replies = connectRedis(env.REDIS_URL, 'publisher')
shutdown.add('replies', () => replies.disconnect())

/**
 * Usage shows within two seconds; a transaction for every batch of verifications would cost Postgres most of its
 * work.
 */
const ROLLUP_EVERY_MS = 100
const crossings = new CrossingWatch(pools.messages, queues, (error) =>
  log.seldom.warn({ reason: error.message }, 'alerts wait for the evaluation of the half minute'),
)
shutdown.add('crossings', () => crossings.stop())
const rollup = new Rollup(pools.metering, () => new Date(), {
  everyMs: ROLLUP_EVERY_MS,
  onAway: (error) =>
    log.warn({ reason: (error as Error).message }, 'usage waits for Postgres; nothing is given up'),
  onBack: () => log.info('Postgres is back: usage continues'),
  onCounted: (accountIds) => crossings.counted(accountIds),
  onImpossible: (events) => {
    metrics.impossibleEvents.inc(events)
    log.error({ events }, 'reported events name a time that no report may have; they are not counted')
  },
})
measureRollup(metrics, rollup)
const events = new EventRelay(pools.messages, (accountIds) =>
  enqueuePushes({ orm: pools.messages, queues }, { accountIds }),
)
shutdown.add('events', () => events.stop())
const context = {
  orm: pools.commands,
  queues,
  regions,
  shards: env.SHARDS,
  lease: { ms: env.REGION_LEASE_MS, marginMs: leaseMarginMs(env.REGION_LEASE_MS) },
  rollup,
  events,
  notifiers: openNotifiers(env),
  auditDays: env.AUDIT_RETENTION_DAYS,
  erasedUsageDays: env.ERASED_USAGE_DAYS,
  reply: async (channel: string | null, commandId: string) => {
    if (channel) await replies.publish(channel, commandId).catch(() => {})
  },
  now: () => new Date(),
  log,
  metrics,
}
const workers = startWorkers(context, {
  redisUrl: env.REDIS_URL,
  further: env.REGIONS,
  shards: env.SHARDS,
  concurrency: env.WORKER_CONCURRENCY,
  ormOf: (job) => pools[poolOf(job)],
})
shutdown.add('workers', () => workers.close())
// Before the workers wait for their jobs in hand: these may be waiting for Postgres.
shutdown.add('rollup', () => rollup.stop())
if (env.WORKER_PORT !== undefined) {
  const probes = await startProbes({
    env,
    port: env.WORKER_PORT,
    orm: pools.leases,
    shards: shardsOf(regions, PRIMARY),
    metrics,
  })
  shutdown.add('probes', () => probes.close())
}
const leases = keepLeases({ ...context, orm: pools.leases })
shutdown.add('leases', () => leases.stop())
const backup = readBackupSettings(env)
if (backup) {
  const backups = keepBackups({ orm: pools.maintenance, log, now: context.now }, backup)
  shutdown.add('backups', () => backups.stop())
}
const schedules = keepSchedules(queues, log)
shutdown.add('schedules', () => schedules.stop())
log.info('working')
// For the next start, also where nothing is left of this process to write it at its end.
flushCompileCache()
// The servers of tests do not flush: each start would say so.
if (env.NODE_ENV !== 'test') {
  const { checkAtStart } = await import('../doctor/checkAtStart.ts')
  void checkAtStart({ log, metrics })
}
