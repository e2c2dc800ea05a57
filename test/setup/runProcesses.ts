import { type ChildProcess, spawn } from 'node:child_process'
import { root } from '../../src/dev/dataDir.ts'
import { endWithUs } from '../../src/dev/endWithUs.ts'
import { freePort } from '../../src/dev/freePort.ts'
import { waitForHttp } from '../../src/dev/waitForHttp.ts'

/** One api or worker process of the service, started as production starts it. */
export type ServiceProcess = {
  pid: number
  /** Ends it and waits for its end; SIGTERM by default. Resolves with its exit code, null after SIGKILL. */
  end: (signal?: NodeJS.Signals) => Promise<number | null>
  /** Resolves once it has ended, by itself or not. */
  exited: Promise<number | null>
}

export type Api = ServiceProcess & { url: string }

const READY_MS = 60_000

/**
 * Starts api and worker processes in an environment, which may be changed for those that are started later. `folder`
 * has the sources, by default these.
 */
export function runProcesses(env: Record<string, string>, folder = root) {
  const output: string[] = []
  const died: string[] = []
  const running = new Set<ServiceProcess>()

  const launch = (file: string, more: Record<string, string> = {}): ServiceProcess => {
    const child = spawn(process.execPath, [file], {
      cwd: folder,
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

  // A process is ready without some of its shards. What starts here has all of them: each may open at another moment.
  const awaitReady = (url: string) =>
    waitForHttp(`${url}/readyz`, {
      accept: (status, body) => status === 200 && !body.includes('shards unavailable'),
      boundMs: READY_MS,
      signal: AbortSignal.timeout(READY_MS),
    }).catch((error) => {
      throw new Error(`${error}\n${output.join('')}`)
    })

  const startServer = async (file: string, more: Record<string, string>): Promise<Api> => {
    const port = await freePort()
    const one = launch(file, { PORT: String(port), ...more })
    const url = `http://127.0.0.1:${port}`
    await awaitReady(url)
    return Object.assign(one, { url })
  }

  return {
    /** Everything that they have written. */
    output,
    /** What ended without being told to. */
    died,
    startApi: (more: Record<string, string> = {}) => startServer('src/api/main.ts', more),
    /** A resource server with the library; `more` has its SERVICE_TOKEN. */
    startResourceServer: (more: Record<string, string>) =>
      startServer('test/support/resourceServer/main.ts', more),
    startWorker: (more: Record<string, string> = {}) => launch('src/workers/main.ts', more),
    /** A worker that has connected to everything. */
    startReadyWorker: async (): Promise<ServiceProcess> => {
      const port = await freePort()
      const one = launch('src/workers/main.ts', { WORKER_PORT: String(port) })
      await awaitReady(`http://127.0.0.1:${port}`)
      return one
    },
    killAll: () => Promise.all([...running].map((one) => one.end('SIGKILL'))),
  }
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null
