import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../src/dev/dataDir.ts'
import { startPostgres } from '../../src/dev/postgres.ts'
import { startRedis } from '../../src/dev/redis.ts'
import { startFlakyProxy } from '../../test/support/flakyProxy.ts'
import { startHttp, startProcess } from '../startProcess.ts'

export type Cluster = Awaited<ReturnType<typeof startCluster>>

/** Where each of the four verifiers verifies. */
const VERIFIERS = ['primary', 'eu', 'eu', 'us']

export type ClusterOptions = {
  leaseMs: number
  /** Of the Redis servers. */
  appendfsync: 'always' | 'everysec'
  /** For all processes, beside what production sets. */
  env?: Record<string, string>
}

/**
 * Three regions, each a Redis of its own, four verifiers (whole api processes) and one worker, configured as in
 * production: Postgres flushes every commit to disk. The worker reaches `eu` by a proxy that can be cut.
 */
export async function startCluster({ leaseMs, appendfsync, env: further }: ClusterOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-bench-'))
  // Under root, Postgres runs as another user, who has to get in.
  await chmod(folder, 0o711)
  const startRegion = (name: string) =>
    startRedis({ dataDir: join(folder, name), temporary: true, appendfsync })
  const [postgres, primary, eu, us] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), temporary: true }),
    startRegion('primary'),
    startRegion('eu'),
    startRegion('us'),
  ])
  const proxy = await startFlakyProxy(eu.port)
  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: primary.url,
    REGIONS: `eu=${eu.url},us=${us.url}`,
    REGION_LEASE_MS: String(leaseMs),
    // What is measured is the time until the 200: none is to end as a 202 before.
    COMMAND_WAIT_MS: '60000',
    SECRETS_KEY: randomBytes(32).toString('base64'),
    NODE_ENV: 'production',
    // A region without a lease is thousands of 503, each with a line of its own.
    LOG_LEVEL: 'silent',
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
  const worker = await startProcess(['src/workers/main.ts'], {
    ...env,
    REGIONS: `eu=redis://127.0.0.1:${proxy.port},us=${us.url}`,
  })
  const apis = await Promise.all(
    VERIFIERS.map((REGION) => startHttp(['src/api/main.ts'], { ...env, REGION }, '/readyz')),
  )
  const [api] = apis
  if (!api) throw new Error('There is no verifier')
  return {
    folder,
    cli,
    api,
    verifiers: apis.map(({ url }, place) => ({ url, region: VERIFIERS[place] ?? '' })),
    /** From the worker to the Redis of `eu`. */
    proxy,
    stop: async () => {
      await Promise.all(apis.map((one) => one.stop()))
      await worker.stop()
      await proxy.close()
      await Promise.all([postgres, primary, eu, us].map((server) => server.stop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
