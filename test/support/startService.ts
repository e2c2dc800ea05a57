import { inject } from 'vitest'
import type { Redis, RedisOptions } from '../../src/dev/redis.ts'
import type { FreshDatabase } from '../setup/cloneTemplate.ts'
import { askOperator } from '../setup/operator.ts'
import { runProcesses } from '../setup/runProcesses.ts'
import { runSql } from '../setup/runSql.ts'
import { serviceEnv } from '../setup/serviceEnv.ts'
import { freshDatabase, freshRedis } from '../setup/services.ts'
import { serviceClient } from './serviceClient.ts'

export type Service = Awaited<ReturnType<typeof startService>>

type Options = {
  apis?: number
  workers?: number
  env?: Record<string, string>
  /** Instead of one on the Postgres that all test files share. `stop` drops it. */
  database?: FreshDatabase
  /** Instead of a fresh one. `stop` stops it. */
  redis?: Redis
  /** When a write reaches the disk of its Redis. */
  appendfsync?: RedisOptions['appendfsync']
  /** Added to the environment of the one or the other. */
  envOf?: Partial<Record<'api' | 'worker' | 'redis', Record<string, string>>>
}

/**
 * The whole service on a database and a Redis of its own: real processes, real servers. `stop` ends all of it; `output`
 * is everything that its processes have written. `env` may be changed for the processes that are started later.
 * Starting it takes four seconds of CPU time, so tests that look at their own account alone use `sharedService`.
 */
export async function startService({ apis = 1, workers = 1, env: extra = {}, ...given }: Options = {}) {
  const [database, redis] = await Promise.all([
    given.database ?? freshDatabase(),
    given.redis ?? freshRedis({ appendfsync: given.appendfsync, env: given.envOf?.redis }),
  ])
  const env = { ...serviceEnv(database.databaseUrl, redis.url), ...extra }
  if (extra.SHARDS) await runSql(database.databaseUrl, `update layout set shards = ${Number(extra.SHARDS)}`)
  const { startApi, startResourceServer, startWorker, startReadyWorker, output, died, killAll } =
    runProcesses(env)
  const started = Array.from({ length: workers }, () => startWorker(given.envOf?.worker))
  const apiProcesses = await Promise.all(Array.from({ length: apis }, () => startApi(given.envOf?.api)))
  const first = apiProcesses[0]
  if (!first) throw new Error('A service has at least one api')
  const { serviceToken = '' } = await askOperator(inject('operatorPort'), {
    env,
    task: 'serviceToken',
    value: 'test',
  })

  return {
    ...serviceClient({ env, url: first.url, serviceToken }),
    redis,
    databaseUrl: database.databaseUrl,
    apis: apiProcesses,
    workers: started,
    output,
    died,
    startApi,
    startResourceServer: (more: Record<string, string> = {}) =>
      startResourceServer({ SERVICE_TOKEN: serviceToken, ...more }),
    startWorker,
    startReadyWorker,
    stop: async () => {
      await killAll()
      await Promise.all([redis.stop(), database.drop()])
    },
  }
}

export type { Api, ServiceProcess } from '../setup/runProcesses.ts'
export type TestRedis = Redis
