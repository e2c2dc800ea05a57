import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCli } from './createCli.ts'
import { type DevState, devSecrets } from './DevState.ts'
import { readState, root, writeState } from './dataDir.ts'
import { demoAccount } from './demoAccount.ts'
import { freePort, isPortFree } from './freePort.ts'
import { keepServer } from './keepServer.ts'
import { parseProcfile } from './parseProcfile.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import { hasExamples, startExamples } from './startExamples.ts'
import { superviseProcesses } from './superviseProcesses.ts'
import { waitForHttp } from './waitForHttp.ts'

export type StartOptions = {
  dataDir: string
  /** Gets every line that is to be shown or logged. */
  write: (line: string) => void
  colour: boolean
  /** Stops the start: it then throws soon. */
  signal: AbortSignal
  /** Gets what undoes each step that has been done; to be run last one first, also after a throw. */
  onStop: (stop: () => Promise<unknown>) => void
}

const READY_MS = 60_000
const API_PORT = 3000
const RENDER_PORT = 3100
const COMPANY_PORT = 3200

/** Starts services, api, workers and the examples, and resolves when all are ready. */
export async function startAll(options: StartOptions): Promise<DevState> {
  const { dataDir, signal, onStop } = options
  const env = process.env
  const kept = await readState<DevState>(dataDir, 'dev.json')
  const secrets = await devSecrets(dataDir)
  const ports = await servicePorts(dataDir)
  const logTo = (name: string) => {
    const stream = createWriteStream(join(dataDir, name), { mode: 0o600 })
    return (text: string) => void stream.write(text)
  }

  const startService = async (
    name: 'postgres' | 'redis',
    start: typeof startPostgres | typeof startRedis,
  ): Promise<string> => {
    const log = logTo(`${name}.log`)
    const begin = () => start({ dataDir: join(dataDir, name), port: ports[name], log })
    const server = await keepServer(name, begin, options.write)
    onStop(server.stop)
    signal.throwIfAborted()
    return server.first.url
  }
  const databaseUrl = env.DATABASE_URL || (await startService('postgres', startPostgres))
  const redisUrl = env.REDIS_URL || (await startService('redis', startRedis))

  const secretsKey = env.SECRETS_KEY || secrets.SECRETS_KEY
  const serviceEnv = { ...env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, SECRETS_KEY: secretsKey }
  const cli = createCli(serviceEnv, signal)
  await cli(['migrate'])

  // Chosen late, so that two that start at once rarely choose the same.
  const apiPort = await httpPort('PORT', API_PORT)
  const apiUrl = `http://127.0.0.1:${apiPort}`
  const operator = {
    operatorUrl: `${apiUrl}/admin/queues`,
    operatorUser: env.OPERATOR_USER || secrets.operatorUser,
    operatorPassword: env.OPERATOR_PASSWORD || secrets.operatorPassword,
  }
  // The api must know where the company is: session links lead back there.
  const companyUrl = hasExamples() && `http://127.0.0.1:${await httpPort('COMPANY_PORT', COMPANY_PORT)}`
  const processEnv = {
    ...serviceEnv,
    PORT: String(apiPort),
    HOST: '127.0.0.1',
    PUBLIC_URL: apiUrl,
    OPERATOR_USER: operator.operatorUser,
    OPERATOR_PASSWORD: operator.operatorPassword,
    WEBHOOK_ALLOW_PRIVATE: 'true',
    RETURN_URLS: env.RETURN_URLS || companyUrl || '',
    CALLS_PER_MINUTE: env.CALLS_PER_MINUTE || '1000000',
    NODE_ENV: 'development',
    ...(options.colour ? { FORCE_COLOR: '1' } : {}),
  }
  const supervise = () => {
    const supervisor = superviseProcesses({ cwd: root, write: options.write, colour: options.colour })
    onStop(supervisor.stop)
    return supervisor
  }
  const processes = supervise()
  const procfile = await readFile(join(root, 'Procfile'), 'utf8')
  for (const line of parseProcfile(procfile)) processes.start(line, processEnv)
  await Promise.race([
    processes.failed,
    waitForHttp(`${apiUrl}/readyz`, { accept: (status) => status === 200, boundMs: READY_MS, signal }),
  ])

  const demo = await Promise.race([
    processes.failed,
    demoAccount(kept, { cli, apiUrl, password: secrets.demoPassword }),
  ])
  // From here on the key is kept: it is never shown again.
  const state: DevState = { apiUrl, ...demo, databaseUrl, redisUrl, ...operator }
  await writeState(dataDir, 'dev.json', state)

  if (companyUrl) {
    const renderUrl = `http://127.0.0.1:${await httpPort('RENDER_PORT', RENDER_PORT)}`
    Object.assign(state, { renderUrl, companyUrl })
    await writeState(dataDir, 'dev.json', state)
    // Stopped before the rest: the render API still has usage to report.
    const examples = supervise()
    const asked = { env: processEnv, state: { ...state, renderUrl, companyUrl }, boundMs: READY_MS, signal }
    await Promise.race([processes.failed, startExamples({ processes: examples, ...asked })])
  }
  processes.settle()
  return state
}

type ServicePorts = { postgres: number; redis: number }

/** The ports that the services had last time, when they are free. */
async function servicePorts(dataDir: string): Promise<ServicePorts> {
  const last = await readState<ServicePorts>(dataDir, 'ports.json')
  const ports = { postgres: await freePort(last?.postgres), redis: await freePort(last?.redis) }
  await writeState(dataDir, 'ports.json', ports)
  return ports
}

/** The port that `variable` sets, which must be free; unset: `preferred` when it is free, else another. */
async function httpPort(variable: string, preferred: number): Promise<number> {
  const text = process.env[variable]
  if (!text) return freePort(preferred)
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${variable} is not a port: ${text}`)
  if (!(await isPortFree(port))) throw new Error(`${variable}=${port}: that port is in use`)
  return port
}
