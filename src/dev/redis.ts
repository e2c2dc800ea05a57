import { constants } from 'node:fs'
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { commandLine, endProcess } from './commandLine.ts'
import { freePort } from './freePort.ts'
import { type Server, startServer } from './startServer.ts'

export type RedisOptions = {
  /** Where the append-only file lives; made on first use. One server at a time. */
  dataDir: string
  /** TCP port on 127.0.0.1; unset: a free one. */
  port?: number
  /** When a write reaches the disk. Default: `everysec`. */
  appendfsync?: 'everysec' | 'always' | 'no'
  /** For tests: delete the data once the server is stopped, or when this process dies. */
  temporary?: boolean
  /** For tests: added to the server's environment. */
  env?: NodeJS.ProcessEnv
  /** Gets the server's log. */
  log?: (text: string) => void
}

export type Redis = {
  url: string
  port: number
  /** Of the server that runs now: another one after `restart`. */
  readonly pid: number
  /** Resolves when the server that runs now has ended. */
  readonly exited: Server['exited']
  /** Stops it in good order (the append-only file is flushed) and waits for its end. */
  stop: () => Promise<void>
  /** SIGKILL, and waits for its end. */
  kill: () => Promise<void>
  /** Stops it if it runs and starts it again, on the same port and data. */
  restart: () => Promise<void>
}

const LEFTOVER_MS = 20_000

/**
 * Starts a real Valkey or Redis, as it has to be configured in production (append-only file, `noeviction`), on
 * 127.0.0.1 only. It ends with this process. Throws when neither is on PATH, or with its last output when it does not
 * start.
 */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  const port = options.port ?? (await freePort())
  const dataDir = resolve(options.dataDir)
  const command = await findRedisServer()
  await mkdir(dataDir, { recursive: true })
  const leftoverFile = join(dataDir, 'redis.pid')
  await endLeftover(leftoverFile)

  const start = async () => {
    const server = await startServer({
      command,
      args: [
        ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes', '--dir', dataDir],
        ...['--appendonly', 'yes', '--appendfsync', options.appendfsync ?? 'everysec', '--save', ''],
        ...['--maxmemory-policy', 'noeviction'],
      ],
      ready: /Ready to accept connections/,
      stopSignal: 'SIGTERM',
      env: { ...process.env, ...options.env },
      log: options.log,
      remove: options.temporary ? dataDir : undefined,
    })
    await writeFile(leftoverFile, `${server.pid} ${port}\n`)
    return server
  }

  let server = await start()
  const stopServer = async () => {
    await server.stop()
    await rm(leftoverFile, { force: true })
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid
    },
    get exited() {
      return server.exited
    },
    stop: async () => {
      await stopServer()
      if (options.temporary) await rm(dataDir, { recursive: true, force: true })
    },
    kill: () => server.kill(),
    restart: async () => {
      await stopServer()
      server = await start()
    },
  }
}

/** Path of the server program: Valkey before Redis. Throws when neither is on PATH. */
export async function findRedisServer(): Promise<string> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  for (const name of ['valkey-server', 'redis-server']) {
    for (const folder of folders) {
      const path = join(folder, name)
      const found = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (found) return path
    }
  }
  throw new Error('Neither valkey-server nor redis-server is on PATH')
}

/** Two servers on one append-only file would destroy it, so one that an earlier run left is ended first. */
async function endLeftover(leftoverFile: string): Promise<void> {
  const text = await readFile(leftoverFile, 'utf8').catch(() => '')
  const [pid, port] = text.split(/\s+/)
  if (!pid) return
  // The server shows its address in its command line: so a program that got the same pid later is not taken for it.
  const isOurs = new RegExp(`(redis|valkey)-server.*:${port}\\b`).test((await commandLine(Number(pid))) ?? '')
  if (isOurs) await endProcess(Number(pid), 'SIGTERM', LEFTOVER_MS)
  await rm(leftoverFile, { force: true })
}
