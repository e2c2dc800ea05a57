import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

/**
 * The command line of a process, its arguments separated by spaces; undefined when there is no such process. A zombie
 * (dead, not yet waited for) counts as none, which `kill(pid, 0)` would not tell.
 */
export async function commandLine(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') {
      const text = await readFile(`/proc/${pid}/cmdline`, 'utf8')
      return text.replaceAll('\0', ' ').trim() || undefined
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)])
    return stdout.trim() || undefined
  } catch {
    return undefined
  }
}

/** Sends `signal` to a process that is not our child and waits until it is gone; SIGKILL after `boundMs`. */
export async function endProcess(pid: number, signal: NodeJS.Signals, boundMs: number): Promise<void> {
  const until = Date.now() + boundMs
  let next: NodeJS.Signals | undefined = signal
  while ((await commandLine(pid)) !== undefined) {
    if (next) process.kill(pid, next)
    next = Date.now() > until ? 'SIGKILL' : undefined
    await delay(50)
  }
}
