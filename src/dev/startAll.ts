import { createWriteStream, existsSync } from 'node:fs'
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
const EXAMPLE = 'examples/render-api/main.ts'

/** Starts services, api, workers and the example, and resolves when all are ready. */
export async function startAll(options: StartOptions): Promise<DevState> {
  const { dataDir, signal, onStop } = options
  const env = process.env
  const kept = await readState<DevState>(dataDir, 'dev.json')
  const secrets = await devSecrets(dataDir)
  const ports = await choosePorts(dataDir)
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

  const apiUrl = `http://127.0.0.1:${ports.api}`
  const operator = {
    operatorUrl: `${apiUrl}/admin/queues`,
    operatorUser: env.OPERATOR_USER || secrets.operatorUser,
    operatorPassword: env.OPERATOR_PASSWORD || secrets.operatorPassword,
  }
  const processEnv = {
    ...env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    PORT: String(ports.api),
    HOST: '127.0.0.1',
    PUBLIC_URL: apiUrl,
    SECRETS_KEY: env.SECRETS_KEY || secrets.SECRETS_KEY,
    OPERATOR_USER: operator.operatorUser,
    OPERATOR_PASSWORD: operator.operatorPassword,
    WEBHOOK_ALLOW_PRIVATE: 'true',
    NODE_ENV: 'development',
    ...(options.colour ? { FORCE_COLOR: '1' } : {}),
  }
  const cli = createCli(processEnv, signal)
  await cli('migrate')

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

  if (existsSync(join(root, EXAMPLE))) {
    state.renderUrl = `http://127.0.0.1:${ports.render}`
    await writeState(dataDir, 'dev.json', state)
    // Stopped before the rest: it still has usage to report.
    const example = supervise()
    example.start(
      { name: 'render', command: `node_modules/.bin/node ${EXAMPLE}` },
      {
        ...processEnv,
        PORT: String(ports.render),
        PUBLIC_URL: state.renderUrl,
        KEYS_URL: apiUrl,
        SERVICE_TOKEN: demo.serviceToken,
      },
    )
    await Promise.race([
      processes.failed,
      example.failed,
      waitForHttp(state.renderUrl, { accept: () => true, boundMs: READY_MS, signal }),
    ])
    example.settle()
  }
  processes.settle()
  return state
}

type Ports = { api: number; render: number; postgres: number; redis: number }

/** PORT and RENDER_PORT as they are set; else 3000 and 3100 when free; the services' as they were last time. */
async function choosePorts(dataDir: string): Promise<Ports> {
  const last = await readState<Partial<Ports>>(dataDir, 'ports.json')
  const ports = {
    api: await chooseHttpPort('PORT', API_PORT),
    render: await chooseHttpPort('RENDER_PORT', RENDER_PORT),
    postgres: await freePort(last?.postgres),
    redis: await freePort(last?.redis),
  }
  await writeState(dataDir, 'ports.json', ports)
  return ports
}

async function chooseHttpPort(variable: string, preferred: number): Promise<number> {
  const text = process.env[variable]
  if (!text) return freePort(preferred)
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${variable} is not a port: ${text}`)
  if (!(await isPortFree(port))) throw new Error(`${variable}=${port}: that port is in use`)
  return port
}
