import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { commandLine, endProcess } from './commandLine.ts'
import { freePort } from './freePort.ts'
import { type PostgresBinaries, postgresBinaries } from './postgresBinaries.ts'
import { fileExists, type PostgresHome, postgresHome } from './postgresHome.ts'
import { type Server, startServer } from './startServer.ts'

const run = promisify(execFile)

export type PostgresOptions = {
  /** Where the cluster lives; made on first use and never initialised again. One server at a time. */
  dataDir: string
  /** TCP port on 127.0.0.1; unset: a free one. */
  port?: number
  /** For tests: nothing is flushed to disk, so a crash of the machine (not of Postgres) loses data. */
  fast?: boolean
  /** Further settings of the server, such as `{ shared_buffers: '4GB' }`. */
  settings?: Record<string, string>
  /** For tests: delete the data once the server is stopped, or when this process dies. */
  temporary?: boolean
  /** Another Postgres than the one that npm installed. */
  binaries?: PostgresBinaries
  /** Gets the server's log. */
  log?: (text: string) => void
}

export type Postgres = Pick<Server, 'pid' | 'exited' | 'stop' | 'kill'> & {
  /** Of the database `postgres`, with the superuser's name and password. */
  url: string
  port: number
}

const MAX_CONNECTIONS = 300
const LEFTOVER_MS = 20_000
const START_TRIES = 40

/**
 * Starts a real Postgres that listens on 127.0.0.1 only and ends with this process. Copes with what an earlier run left
 * behind: a server that still runs on this folder, a stale postmaster.pid. Throws with the server's last output
 * when it does not start.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const port = options.port ?? (await freePort())
  const home = await postgresHome(resolve(options.dataDir), options.binaries ?? (await postgresBinaries()))
  const cluster = join(home.folder, 'cluster')
  const passwordFile = join(home.folder, 'password')
  if (!(await fileExists(join(cluster, 'PG_VERSION')))) await initialise(home, cluster, passwordFile)
  const password = (await readFile(passwordFile, 'utf8')).trim()
  await endLeftover(cluster)

  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: MAX_CONNECTIONS,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(options.fast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  }
  const server = await startWhenFree(home.binaries, {
    args: ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    user: home.user,
    log: options.log,
    remove: options.temporary ? home.folder : undefined,
  })
  const stop = async () => {
    await server.stop()
    if (!options.temporary) return
    for (const folder of [home.folder, options.dataDir]) await rm(folder, { recursive: true, force: true })
  }
  return { ...server, stop, port, url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` }
}

/** initdb works in a folder of another name: an interrupted one is never taken for a cluster. */
async function initialise(home: PostgresHome, cluster: string, passwordFile: string): Promise<void> {
  const unfinished = `${cluster}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  const password = randomBytes(24).toString('hex')
  const handedOver = join(home.folder, 'password.new')
  await writeFile(handedOver, password, { mode: 0o600 })
  if (home.user) {
    for (const path of [unfinished, handedOver]) await chown(path, home.user.uid, home.user.gid)
  }
  await run(
    home.binaries.initdb,
    [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      `--pwfile=${handedOver}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      ...(Number.parseInt(home.binaries.version, 10) < 17
        ? []
        : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']),
      // An interrupted initialisation is thrown away, so flushing it is no use.
      '--no-sync',
    ],
    { ...home.user, cwd: '/', env: plainEnvironment() },
  )
  if (home.user) await chown(handedOver, process.getuid?.() ?? 0, process.getgid?.() ?? 0)
  await chmod(handedOver, 0o600)
  await rename(handedOver, passwordFile)
  await rename(unfinished, cluster)
}

/**
 * Ends a server that an earlier run left on this folder. A pid may belong to another program by now, or to a zombie,
 * and Postgres would then refuse to start: so the command line decides, and the file is removed.
 */
async function endLeftover(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid')
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0])
  if (!pid) return
  const isOurs = (await commandLine(pid))?.includes(`-D ${cluster} `)
  if (isOurs) await endProcess(pid, 'SIGINT', LEFTOVER_MS)
  await rm(pidFile, { force: true })
}

/** After a SIGKILL the children of the old server take a moment to notice; until then its memory is in use. */
async function startWhenFree(
  binaries: PostgresBinaries,
  options: Pick<Parameters<typeof startServer>[0], 'args' | 'user' | 'log' | 'remove'>,
): Promise<Server> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startServer({
        ...options,
        command: binaries.postgres,
        env: plainEnvironment(),
        ready: /database system is ready to accept (read-only )?connections/,
        stopSignal: 'SIGINT',
      })
    } catch (error) {
      if (tries === START_TRIES || !/shared memory block .* is still in use/.test(String(error))) throw error
      await delay(250)
    }
  }
}

/** PG* variables of the caller would change how the server behaves, and its messages are read. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C' }
}
