import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { root } from '../../src/dev/dataDir.ts'
import { endWithUs } from '../../src/dev/endWithUs.ts'
import { freePort } from '../../src/dev/freePort.ts'
import type { Redis, RedisOptions } from '../../src/dev/redis.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'
import { type Asked, askOperator } from '../setup/operator.ts'
import { type FreshDatabase, freshDatabase, freshRedis } from '../setup/services.ts'
import { createClient } from './client.ts'

/** One api or worker process of the service, started as production starts it. */
export type ServiceProcess = {
  pid: number
  /** Ends it and waits for its end; SIGTERM unless told. Resolves with its exit code, null after SIGKILL. */
  end: (signal?: NodeJS.Signals) => Promise<number | null>
  /** Resolves once it has ended, by itself or not. */
  exited: Promise<number | null>
}

export type Api = ServiceProcess & { url: string }

export type Service = Awaited<ReturnType<typeof startService>>

const READY_MS = 60_000

type Options = {
  apis?: number
  workers?: number
  env?: Record<string, string>
  /** Instead of one on the Postgres that all test files share. `stop` drops it. */
  database?: FreshDatabase
  /** When a write reaches the disk of its Redis. */
  appendfsync?: RedisOptions['appendfsync']
}

/**
 * The whole service on a database and a Redis of its own: real processes, real servers. `stop` ends all of it; `output`
 * is everything that its processes have written. `env` may be changed for the processes that are started later.
 */
export async function startService({ apis = 1, workers = 1, env: extra = {}, ...given }: Options = {}) {
  const [database, redis] = await Promise.all([given.database ?? freshDatabase(), freshRedis(given)])
  const env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    DATABASE_URL: database.databaseUrl,
    REDIS_URL: redis.url,
    SECRETS_KEY: randomBytes(32).toString('base64'),
    OPERATOR_USER: 'operator',
    OPERATOR_PASSWORD: 'operator-password',
    HOST: '127.0.0.1',
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    // A slow machine is no reason for a 202: tests that want one ask for it.
    COMMAND_WAIT_MS: '30000',
    // Tests ask faster than people.
    CALLS_PER_MINUTE: '100000',
    ...extra,
  }
  const output: string[] = []
  const died: string[] = []
  const running = new Set<ServiceProcess>()

  const launch = (file: string, more: Record<string, string> = {}): ServiceProcess => {
    const child = spawn(process.execPath, [file], {
      cwd: root,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => output.push(String(data)))
    const release = endWithUs(child.pid ?? 0, 'KILL')
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
    exited.then(release)
    child.once('exit', (code, signal) => {
      if (running.has(one)) died.push(`${file} ended by itself: ${code ?? signal}`)
    })
    const one: ServiceProcess = {
      pid: child.pid ?? 0,
      exited,
      end: (signal = 'SIGTERM') => {
        running.delete(one)
        if (isRunning(child)) child.kill(signal)
        return exited
      },
    }
    running.add(one)
    return one
  }
  const startApi = async (more: Record<string, string> = {}): Promise<Api> => {
    const port = await freePort()
    const one = launch('src/api/main.ts', { PORT: String(port), ...more })
    const url = `http://127.0.0.1:${port}`
    await waitForHttp(`${url}/readyz`, {
      accept: (status) => status === 200,
      boundMs: READY_MS,
      signal: AbortSignal.timeout(READY_MS),
    }).catch((error) => {
      throw new Error(`${error}\n${output.join('')}`)
    })
    return Object.assign(one, { url })
  }
  const startWorker = (more: Record<string, string> = {}) => launch('src/workers/main.ts', more)

  /**
   * Runs the operator's command line and parses what it prints. Throws with that when it fails. A password goes by
   * its stdin.
   */
  const cli = async (...given: string[]): Promise<Record<string, string>> => {
    const at = given.indexOf('--password')
    const [args, stdin = ''] = at < 0 ? [given] : [given.toSpliced(at, 2, '--password-stdin'), given[at + 1]]
    const running = promisify(execFile)(process.execPath, ['src/cli/main.ts', ...args, '--json'], {
      cwd: root,
      env,
    })
    running.child.stdin?.end(stdin)
    const { stdout } = await running.catch((error) => {
      throw Object.assign(new Error(`${error.message}\n${error.stdout}`), {
        stdout: error.stdout,
        code: error.code,
      })
    })
    return JSON.parse(stdout)
  }

  const operator = (task: Asked['task'], value: string) =>
    askOperator(inject('operatorPort'), { env, task, value })
  const started = Array.from({ length: workers }, () => startWorker())
  const apiProcesses = await Promise.all(Array.from({ length: apis }, () => startApi()))
  const first = apiProcesses[0]
  if (!first) throw new Error('A service has at least one api')
  const serviceToken = (await operator('serviceToken', 'test')).serviceToken ?? ''

  return {
    env,
    redis,
    databaseUrl: database.databaseUrl,
    apis: apiProcesses,
    workers: started,
    url: first.url,
    serviceToken,
    output,
    /** What ended without being told to. */
    died,
    startApi,
    startWorker,
    cli,
    /** An account of its own, and a client that uses its admin key. */
    account: async (plan = 'pro', url = first.url) => {
      const { accountId = '', adminKey = '' } = await operator('account', plan)
      return { accountId, adminKey, ...createClient(url, adminKey) }
    },
    /** An operator token that holds every permission. */
    operatorToken: async () => (await operator('operatorToken', 'Company')).token ?? '',
    /** A client with the service token. */
    server: createClient(first.url, serviceToken),
    stop: async () => {
      await Promise.all([...running].map((one) => one.end('SIGKILL')))
      await Promise.all([redis.stop(), database.drop()])
    },
  }
}

export type TestRedis = Redis

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null
