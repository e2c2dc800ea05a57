import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../src/dev/dataDir.ts'
import { type PostgresOptions, startPostgres } from '../src/dev/postgres.ts'
import { startRedis } from '../src/dev/redis.ts'
import { openPostgres } from '../src/platform/postgres.ts'
import { openQueues } from '../src/platform/queues.ts'
import { type Process, type ProcessOptions, startHttp, startProcess } from './startProcess.ts'

export type Service = Awaited<ReturnType<typeof startService>>

const START_WORKER = ['src/workers/main.ts']
const DRAIN_MS = 120_000
const POLL_MS = 50

export type ServiceOptions = {
  /** Postgres flushes every commit to disk. Without it the disk plays no part in what is measured. */
  durable?: boolean
  settings?: PostgresOptions['settings']
  /** For the api and the workers, beside what production sets. */
  env?: NodeJS.ProcessEnv
  /** For the api. */
  api?: ProcessOptions
  /** Instead of a Postgres of its own. */
  postgres?: { url: string; pid: number; stop: () => Promise<void> }
  /** Instead of one Redis. */
  redis?: { url: string; stop: () => Promise<void> }
}

/** A Postgres, a Redis and one api process of our own, configured as in production; workers run only when asked for. */
export async function startService({
  durable = false,
  settings,
  env: further,
  api: apiOptions,
  postgres: given,
  redis: group,
}: ServiceOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-bench-'))
  // Under root, Postgres runs as another user, who has to get in.
  await chmod(folder, 0o711)
  const dataDir = join(folder, 'postgres')
  const postgres = given ?? (await startPostgres({ dataDir, fast: !durable, settings, temporary: true }))
  const redis = group
    ? { ...group, pid: 0 }
    : await startRedis({ dataDir: join(folder, 'redis'), temporary: true })
  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    ...further,
  }
  const cli = async (...args: string[]): Promise<Record<string, string>> => {
    const options = { cwd: root, env: { ...process.env, ...env } }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['src/cli/main.ts', ...args, '--json'],
      options,
    )
    return JSON.parse(stdout)
  }
  await cli('migrate')
  const api = await startHttp(['src/api/main.ts'], env, '/readyz', 200, apiOptions)
  const orm = await openPostgres(postgres.url, { poolMax: 2 })
  const queues = openQueues(redis.url)
  const { metering, slots } = queues.byName
  await metering.waitUntilReady()

  const query = <Row extends Record<string, unknown>>(sql: string, values: unknown[]): Promise<Row[]> =>
    orm.em.fork().execute<Row[]>(sql, values)

  const startWorker = (options: ProcessOptions = {}) => startProcess(START_WORKER, env, options)

  /** Runs `task` beside a worker. */
  const withWorker = async <Value>(
    task: (worker: Process) => Promise<Value>,
    options?: ProcessOptions,
  ): Promise<Value> => {
    const worker = await startWorker(options)
    try {
      return await task(worker)
    } finally {
      await worker.stop()
    }
  }
  /** Waits until all usage is counted. Throws when it does not get there, or when a job has failed for good. */
  const drained = async () => {
    const until = Date.now() + DRAIN_MS
    for (;;) {
      const left = await queues.countMetering()
      const failed = (await metering.getFailedCount()) + (await slots.getFailedCount())
      if (failed > 0) throw new Error(`${failed} metering jobs have failed`)
      if (left === 0) return
      if (Date.now() > until) throw new Error(`${left} jobs have usage that is not counted`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }
  /** Runs a worker until it is. */
  const drain = () => withWorker(drained)
  const stop = async () => {
    await api.stop()
    await queues.close()
    await orm.close()
    await Promise.all([redis.stop(), postgres.stop()])
    await rm(folder, { recursive: true, force: true })
  }
  return {
    folder,
    env,
    orm,
    metering,
    slots,
    api,
    redisPid: redis.pid,
    postgresPid: postgres.pid,
    cli,
    query,
    startWorker,
    withWorker,
    drained,
    drain,
    stop,
  }
}
