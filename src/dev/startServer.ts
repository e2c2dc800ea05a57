import { spawn } from 'node:child_process'
import { endWithUs } from './endWithUs.ts'

export type ServerOptions = {
  command: string
  args: string[]
  /** Printed by the server once it accepts connections. */
  ready: RegExp
  stopSignal: 'SIGINT' | 'SIGTERM'
  /** Whom to run as; unset: as ourselves. */
  user?: { uid: number; gid: number }
  env?: NodeJS.ProcessEnv
  /** Gets everything the server prints. */
  log?: (text: string) => void
  /** A folder to delete if we die before the server is stopped. */
  remove?: string
}

export type Server = {
  pid: number
  /** Resolves when the process has ended, for whatever reason, with what it printed last. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>
  /** Asks it to stop and waits until it has; SIGKILL after 20 s. */
  stop: () => Promise<void>
  /** SIGKILL, and waits for the end. */
  kill: () => Promise<void>
}

const READY_MS = 60_000
const STOP_MS = 20_000
const OUTPUT_CHARACTERS = 4_000

/**
 * Starts a server in its own process group (so that a terminal's Ctrl-C leaves the order of stopping to us) and
 * resolves once it is ready. It never outlives this process. Throws with what it printed when it ends before it is
 * ready.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const child = spawn(options.command, options.args, {
    ...options.user,
    cwd: '/',
    env: options.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let onReady = () => {}
  const ready = new Promise<true>((resolve) => {
    onReady = () => resolve(true)
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_CHARACTERS)
      options.log?.(text)
      if (options.ready.test(output)) onReady()
    })
  }
  const failedToStart = new Promise<never>((_, reject) => child.once('error', reject))
  const exited: Server['exited'] = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, output }))
  })
  const pid = child.pid ?? (await failedToStart)
  const release = endWithUs(pid, options.stopSignal === 'SIGINT' ? 'INT' : 'TERM', options.remove)
  exited.then(release)

  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  const stop = async () => {
    child.kill(options.stopSignal)
    const bound = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(bound)
  }

  const late = setTimeout(() => child.kill('SIGKILL'), READY_MS)
  const outcome = await Promise.race([ready, exited])
  clearTimeout(late)
  if (outcome !== true) {
    throw new Error(
      `${options.command} ended before it was ready (${outcome.signal ?? outcome.code}):\n${output}`,
    )
  }
  return { pid, exited, stop, kill }
}
