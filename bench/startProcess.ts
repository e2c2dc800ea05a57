import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../src/dev/dataDir.ts'
import { endWithUs } from '../src/dev/endWithUs.ts'
import { freePort } from '../src/dev/freePort.ts'
import { waitForHttp } from '../src/dev/waitForHttp.ts'

export type Process = {
  pid: number
  /** SIGTERM, and waits for the end. */
  stop: () => Promise<void>
}

const READY_MS = 30_000

/**
 * `core`: the one processor that it may use (Linux, by taskset). `nodeArgs`: for Node, before the program's name.
 * `ownSession`: Linux shares processors among sessions, and Postgres opens one for each connection.
 */
export type ProcessOptions = { core?: number; nodeArgs?: string[]; ownSession?: boolean }

/**
 * Starts a program of this repository with this Node. It never outlives this process; what it prints goes to stderr.
 */
export async function startProcess(
  args: string[],
  env: NodeJS.ProcessEnv,
  { core, nodeArgs = [], ownSession = false }: ProcessOptions = {},
): Promise<Process> {
  const [command = '', ...rest] = [...onCore(core), process.execPath, ...nodeArgs, ...args]
  const child: ChildProcess = spawn(command, rest, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 2, 2],
    detached: ownSession,
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  const pid = child.pid ?? (await failed)
  const release = endWithUs(pid, 'KILL')
  exited.then(release)
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
  }
  return { pid, stop }
}

/** What to put before a command that may use one processor only; taskset becomes that command, under the same pid. */
export const onCore = (core: number | undefined) =>
  core === undefined ? [] : ['taskset', '--cpu-list', String(core)]

export type HttpProcess = Process & { url: string }

/** The same for one that listens on PORT; resolves when it answers `path` with that status. */
export async function startHttp(
  args: string[],
  env: NodeJS.ProcessEnv,
  path: string,
  ready = 200,
  options: ProcessOptions = {},
): Promise<HttpProcess> {
  const port = await freePort()
  const started = await startProcess(args, { ...env, PORT: String(port), HOST: '127.0.0.1' }, options)
  const url = `http://127.0.0.1:${port}`
  await waitForHttp(`${url}${path}`, {
    accept: (status) => status === ready,
    boundMs: READY_MS,
    signal: AbortSignal.timeout(READY_MS),
  })
  return { ...started, url }
}

export const startBare = (kind: string, options: ProcessOptions = {}) =>
  startHttp([join(root, 'bench/bareServer.ts'), kind], {}, '/', 200, options)
