import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Pool } from 'undici'
import { endWithUs } from '../../../src/dev/endWithUs.ts'
import { freePort } from '../../../src/dev/freePort.ts'
import { type Redis, type RedisOptions, startRedis } from '../../../src/dev/redis.ts'
import { waitForHttp } from '../../../src/dev/waitForHttp.ts'
import type { FreshDatabase } from '../../setup/cloneTemplate.ts'
import { type Group, startCluster as startRedisCluster, startSentinelGroup } from '../../setup/redisGroups.ts'
import { freshDatabase } from '../../setup/services.ts'
import { asRedis } from '../../setup/testRedis.ts'
import { type FlakyProxy, startFlakyProxy } from '../../support/flakyProxy.ts'

export const REGIONS = ['primary', 'eu', 'us'] as const
export type RegionName = (typeof REGIONS)[number]

/** Where each verifier verifies. */
const VERIFIERS: RegionName[] = ['primary', 'eu', 'eu', 'us']
const WORKERS = 2
const ACCOUNTS = 4
export const LEASE_MS = 1_000
/** A node of a Cluster that is silent for so long is replaced. Less, and a busy machine replaces them by itself. */
const NODE_TIMEOUT_MS = 3_000

export type Process = { child: ChildProcess; kill: () => Promise<void> }
export type VerifierProcess = Process & {
  name: string
  region: RegionName
  url: string
  http: Pool
  /** To the Redis of its region. */
  proxy: FlakyProxy
  /** It is stopped, so nobody asks it for changes. */
  isHeld?: boolean
  /** Ends it and starts another in its place. */
  restart: () => Promise<void>
}
export type WorkerSlot = {
  name: string
  process: Process
  /** To the Redis of each region. They outlive the process. */
  proxies: Record<RegionName, FlakyProxy>
  /** As if this region were in no REGIONS of the processes that are started from now on. */
  without: RegionName | undefined
  /** Kills the process and starts another, one after the other however many ask for it. */
  restart: () => Promise<void>
}
export type RegionServer = { name: RegionName; redis: Redis; dataDir: string }
export type Cluster = Awaited<ReturnType<typeof startCluster>>

export type ClusterOptions = {
  /** Folder for what the processes write. */
  logs?: string
  /** `stop` drops it. */
  database?: FreshDatabase
  /** What the primary region's Redis is in. Default: CHECKER_PRIMARY, else it is alone. */
  primary?: 'sentinel' | 'cluster'
  /** Of the Redis of a further region. */
  appendfsync?: RedisOptions['appendfsync']
  /** For all processes. */
  env?: Record<string, string>
}

/**
 * Three Redis servers, four verifiers (whole api processes), two workers and one slow filler, each a real process on
 * the code in the folder `build`, with a proxy of its own wherever something is to be cut off.
 */
export async function startCluster(build: string, { logs, env: further, ...given }: ClusterOptions = {}) {
  const database = given.database ?? (await freshDatabase())
  const group = await startGroup(given.primary ?? process.env.CHECKER_PRIMARY)
  const regions = await Promise.all(
    REGIONS.map((name) => startRegion(name, { group, appendfsync: given.appendfsync })),
  )
  const portOf = (name: RegionName) => regions.find((one) => one.name === name)!.redis.port
  const url = (port: number) => `redis://127.0.0.1:${port}`
  /** A group is reached directly: its servers have addresses of their own. */
  const urlOfPrimary = (port: number) => group?.url ?? url(port)
  const running = new Set<Process>()
  const proxies: FlakyProxy[] = []
  const proxiesToPrimary: FlakyProxy[] = []
  const renamed = new Set<RegionName>()
  const nameOf = (region: RegionName) => (renamed.has(region) ? `${region}-b` : region)
  let spare: Promise<RegionServer> | undefined
  const died: string[] = []
  const openProxy = async (name: RegionName) => {
    const proxy = await startFlakyProxy(portOf(name))
    proxies.push(proxy)
    if (name === 'primary') proxiesToPrimary.push(proxy)
    return proxy
  }

  const env = {
    ...process.env,
    DATABASE_URL: database.databaseUrl,
    REDIS_URL: urlOfPrimary(portOf('primary')),
    REGIONS: `eu=${url(portOf('eu'))},us=${url(portOf('us'))}`,
    REGION_LEASE_MS: String(LEASE_MS),
    SECRETS_KEY: randomBytes(32).toString('base64'),
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    LOG_LEVEL: logs ? 'info' : 'silent',
    COMMAND_WAIT_MS: '4000',
    ...further,
  }
  const launch = (name: string, file: string, more: Record<string, string>, ipc = false): Process => {
    const child = spawn(process.execPath, [file], {
      cwd: build,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    })
    const release = endWithUs(child.pid ?? 0, 'KILL')
    let tail = ''
    const file_ = logs ? createWriteStream(join(logs, `${name}.log`), { flags: 'a' }) : undefined
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        tail = (tail + data).slice(-2_000)
        file_?.write(data)
      })
    }
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.once('exit', (code, signal) => {
      release()
      file_?.end()
      if (running.delete(one)) died.push(`${name} ended by itself (${code ?? signal}): ${tail}`)
    })
    const one: Process = {
      child,
      kill: async () => {
        running.delete(one)
        child.kill('SIGKILL')
        await exited
      },
    }
    running.add(one)
    return one
  }
  const startVerifier = async (region: RegionName, place: number): Promise<VerifierProcess> => {
    const [port, proxy, toPrimary] = await Promise.all([freePort(), openProxy(region), openProxy('primary')])
    const name = `verifier-${place}-${region}`
    const origin = `http://127.0.0.1:${port}`
    const start = () => {
      const portTo = (other: RegionName) => (other === region ? proxy.port : portOf(other))
      return launch(name, 'src/api/main.ts', {
        PORT: String(port),
        REGION: nameOf(region),
        REDIS_URL: urlOfPrimary(region === 'primary' ? proxy.port : toPrimary.port),
        REGIONS: `${nameOf('eu')}=${url(portTo('eu'))},${nameOf('us')}=${url(portTo('us'))}`,
      })
    }
    const untilReady = () =>
      waitForHttp(`${origin}/readyz`, {
        accept: (status) => status === 200,
        boundMs: 60_000,
        signal: AbortSignal.timeout(60_000),
      }).catch((error) => {
        throw new Error(`${error}\n${died.join('\n')}`)
      })
    const first = start()
    await untilReady()
    const http = new Pool(origin, { connections: 128, headersTimeout: 30_000, bodyTimeout: 30_000 })
    const one: VerifierProcess = {
      ...first,
      name,
      region,
      url: origin,
      http,
      proxy,
      // It is ready once workers have listed its region.
      restart: async () => {
        await one.kill()
        Object.assign(one, start())
      },
    }
    return one
  }
  const startWorker = async (_: unknown, place: number): Promise<WorkerSlot> => {
    const [primary, eu, us] = await Promise.all(REGIONS.map(openProxy))
    const own = { primary: primary!, eu: eu!, us: us! }
    const start = () =>
      launch(`worker-${place}`, 'src/workers/main.ts', {
        REDIS_URL: urlOfPrimary(own.primary.port),
        REGIONS: (['eu', 'us'] as const)
          .filter((region) => region !== slot.without)
          .map((region) => `${nameOf(region)}=${url(own[region].port)}`)
          .join(','),
      })
    let restarting: Promise<void> = Promise.resolve()
    const slot: Omit<WorkerSlot, 'process'> & { process?: Process } = {
      name: `worker-${place}`,
      proxies: own,
      without: undefined,
      restart: () => {
        restarting = restarting.then(async () => {
          await slot.process?.kill()
          slot.process = start()
        })
        return restarting
      },
    }
    slot.process = start()
    return slot as WorkerSlot
  }
  const cli = async (...args: string[]): Promise<Record<string, string>> => {
    const done = await promisify(execFile)(process.execPath, ['src/cli/main.ts', ...args, '--json'], {
      cwd: build,
      env,
    })
    return JSON.parse(done.stdout)
  }

  const workers = await Promise.all(Array.from({ length: WORKERS }, startWorker))
  const verifiers = await Promise.all(VERIFIERS.map(startVerifier))
  const { serviceToken = '' } = await cli('service-token', 'create', '--name', 'checker')
  const { token: operatorToken = '' } = await cli('operator-token', 'create', '--name', 'checker')
  const adminKeys: string[] = []
  for (let count = 0; count < ACCOUNTS; count++) {
    const made = await cli('account', 'create', '--name', `Checker ${count}`, '--plan', 'enterprise')
    adminKeys.push(made.adminKey ?? '')
  }
  const toPrimary = await openProxy('primary')
  const filler = launch(
    'filler',
    'test/faults/16-checker/slowFiller.ts',
    { REDIS_URL: urlOfPrimary(toPrimary.port) },
    true,
  )

  return {
    env,
    databaseUrl: database.databaseUrl,
    regions,
    /** Of which the primary region's Redis is one; undefined: it is the only one. */
    group,
    verifiers,
    workers,
    cli,
    filler,
    serviceToken,
    operatorToken,
    adminKeys,
    /** What ended without being told to. */
    died,
    /** From every process of the service to the primary. */
    proxiesToPrimary,
    nameOf,
    /** Gives a further region another name for the processes that are started from now on; returns the previous one. */
    rename: (region: RegionName) => {
      const former = nameOf(region)
      if (!renamed.delete(region)) renamed.add(region)
      return former
    },
    /** Another Redis that can be the primary. */
    sparePrimary: () => {
      spare ??= startRegion('primary')
      return spare
    },
    stop: async () => {
      await Promise.all([...running].map((one) => one.kill()))
      await Promise.all(verifiers.map(({ http }) => http.destroy()))
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await Promise.all([...regions, ...(spare ? [await spare] : [])].map(({ redis }) => redis.stop()))
      await database.drop()
    },
  }
}

async function startGroup(kind: string | undefined): Promise<Group | undefined> {
  if (kind === 'sentinel') return startSentinelGroup()
  return kind === 'cluster' ? startRedisCluster({ timeoutMs: NODE_TIMEOUT_MS }) : undefined
}

async function startRegion(
  name: RegionName,
  { group, appendfsync }: { group?: Group; appendfsync?: RedisOptions['appendfsync'] } = {},
): Promise<RegionServer> {
  const dataDir = await mkdtemp(join(tmpdir(), `pictify-keys-checker-${name}-`))
  const redis =
    group && name === 'primary' ? asRedis(group) : await startRedis({ dataDir, appendfsync, temporary: true })
  return { name, redis, dataDir }
}
