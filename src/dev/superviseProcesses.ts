import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { endWithUs } from './endWithUs.ts'
import { commandWords, type ProcfileLine } from './parseProcfile.ts'

export type SupervisorOptions = {
  /** Folder the commands run in. */
  cwd: string
  /** Gets each line of output, its process's name in front. */
  write: (line: string) => void
  /** Whether names are coloured. */
  colour: boolean
  /** How long a process may take to stop, in ms. Default: 30 s. */
  boundMs?: number
}

export type Supervisor = {
  start: (line: ProcfileLine, env: NodeJS.ProcessEnv) => void
  /** Start-up is over: from now on a process that ends is started again, with back-off. */
  settle: () => void
  /** Rejects, with its last output, when a process ends before `settle`. */
  failed: Promise<never>
  /** SIGTERM to all, SIGKILL after the bound; resolves when all have ended. */
  stop: () => Promise<void>
}

type Running = { child: ChildProcess; viaShell: boolean; ended: Promise<void> }

const COLOURS = [36, 33, 32, 35, 34, 31]
const BACK_OFF_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000]
/** A process that ran this long is well: its next end is the first again. */
const WELL_MS = 60_000
const LAST_LINES = 30
const NAME_WIDTH = 8
/** How long the output of a process that has ended may stay open, held by something it started. */
const OUTPUT_MS = 1_000
const STOP_MS = 30_000

/**
 * Runs processes as a process manager does. Each leads its own process group, so a terminal's Ctrl-C reaches only us
 * and each gets exactly one SIGTERM; none outlives us.
 */
export function superviseProcesses(options: SupervisorOptions): Supervisor {
  const running = new Map<string, Running>()
  const timers = new Set<NodeJS.Timeout>()
  let settled = false
  let stopping = false
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {})

  const prefix = (name: string) => {
    const text = `${name.padEnd(NAME_WIDTH)} |`
    if (!options.colour) return text
    const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0)
    return `\x1b[${COLOURS[sum % COLOURS.length]}m${text}\x1b[0m`
  }

  const launch = (line: ProcfileLine, env: NodeJS.ProcessEnv, earlierEnds: number) => {
    const write = (text: string) => options.write(`${prefix(line.name)} ${text}`)
    const [command = '', ...args] = commandWords(line.command)
    const startedAt = Date.now()
    const child = spawn(command, args, {
      cwd: options.cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const release = child.pid === undefined ? () => {} : endWithUs(-child.pid, 'KILL')
    const lastLines: string[] = []
    const show = (text: string) => {
      lastLines.push(text)
      if (lastLines.length > LAST_LINES) lastLines.shift()
      write(text)
    }
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', show)

    const onEnd = (how: string) => {
      release()
      running.delete(line.name)
      if (stopping) return
      if (!settled) {
        fail(new Error(`${line.name} ended during start-up (${how}):\n${lastLines.join('\n')}`))
        return
      }
      const ends = Date.now() - startedAt > WELL_MS ? 0 : earlierEnds
      const wait = BACK_OFF_MS[Math.min(ends, BACK_OFF_MS.length - 1)] ?? 0
      write(`ended (${how}); starting it again in ${wait / 1000} s`)
      const timer = setTimeout(() => {
        timers.delete(timer)
        launch(line, env, ends + 1)
      }, wait)
      timers.add(timer)
    }
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => child.pid === undefined && resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal ?? `status ${code}`))
    }).then(async (how) => {
      // What it started itself must end with it.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
      await Promise.race([closed, delay(OUTPUT_MS, undefined, { ref: false })])
      onEnd(how)
    })
    running.set(line.name, { child, viaShell: command === '/bin/sh', ended })
  }

  const stopOne = async ({ child, viaShell, ended }: Running) => {
    // A shell does not pass a signal on, so its whole group gets it; else a process passes it to its own children.
    if (viaShell && child.pid !== undefined) signalGroup(child.pid, 'SIGTERM')
    else child.kill('SIGTERM')
    const bound = setTimeout(() => child.kill('SIGKILL'), options.boundMs ?? STOP_MS)
    await ended
    clearTimeout(bound)
  }

  return {
    start: (line, env) => {
      launch(line, env, 0)
    },
    settle: () => {
      settled = true
    },
    failed,
    stop: async () => {
      stopping = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all([...running.values()].map(stopOne))
    },
  }
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch {
    // The group is gone.
  }
}
