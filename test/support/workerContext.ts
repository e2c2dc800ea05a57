import { randomBytes } from 'node:crypto'
import { EventRelay } from '../../src/platform/EventRelay.ts'
import { createLog } from '../../src/platform/log.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { openPostgres } from '../../src/platform/postgres.ts'
import { openQueues } from '../../src/platform/queues.ts'
import { epochRegister } from '../../src/region/epochRegister.ts'
import { Region } from '../../src/region/Region.ts'
import type { WorkerContext } from '../../src/workers/context.ts'
import { Rollup } from '../../src/workers/metering/Rollup.ts'
import { openNotifiers } from '../../src/workers/notifiers/Notifiers.ts'
import { freshDatabase, freshRedis } from '../setup/services.ts'
import { eventually } from './eventually.ts'

/**
 * What job handlers are handed, on a database and a Redis of their own, in this process: for calling handlers twice,
 * late and out of order. `clock.now` is what they take for the time; `replies` is every command that was announced.
 */
export async function startWorkerContext(env: Partial<Parameters<typeof openNotifiers>[0]> = {}) {
  const [database, redis] = await Promise.all([freshDatabase(), freshRedis()])
  const log = createLog('silent', { process: 'test' })
  const orm = await openPostgres(database.databaseUrl)
  const queues = openQueues(redis.url)
  const region = new Region(
    { name: 'primary', url: redis.url, kind: 'primary', register: epochRegister(orm) },
    log,
  )
  // On a busy machine Postgres may take longer than the region waits for it, once.
  const opened = () =>
    region.ready(10_000).then(
      () => true,
      () => false,
    )
  await Promise.all([eventually(opened, Boolean), queues.byName.commands.waitUntilReady()])
  const clock = { now: new Date() }
  const replies: string[] = []
  const context: WorkerContext = {
    orm,
    queues,
    regions: new Map([[region.name, region]]),
    shards: 1,
    lease: { ms: 0, marginMs: 0 },
    events: new EventRelay(orm),
    rollup: new Rollup(orm, () => clock.now),
    notifiers: openNotifiers({
      SECRETS_KEY: randomBytes(32).toString('base64'),
      MAIL_FROM: 'keys@example.com',
      PUBLIC_URL: 'https://keys.example.com',
      WEBHOOK_ALLOW_PRIVATE: true,
      WORKER_CONCURRENCY: 16,
      ...env,
    }),
    auditDays: 400,
    erasedUsageDays: 400,
    reply: async (_channel, commandId) => {
      replies.push(commandId)
    },
    now: () => clock.now,
    log,
    metrics: createMetrics(),
  }
  return {
    context,
    clock,
    replies,
    region,
    redis,
    em: () => orm.em.fork(),
    stop: async () => {
      await context.events.stop()
      await queues.close()
      await region.close()
      await orm.close()
      await Promise.all([redis.stop(), database.drop()])
    },
  }
}

export type TestWorker = Awaited<ReturnType<typeof startWorkerContext>>
