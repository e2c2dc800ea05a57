import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { endWithUs } from './endWithUs.ts'

const STOP_MS = 30_000

/**
 * Runs `command` by sh, with our stdin, stdout and stderr, and gives its status as a shell would (128 + n when it
 * died of signal n). When `signal` aborts, its reason, a signal's name, is sent to it.
 */
export async function runCommand(
  command: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  // At a terminal it must stay in the foreground's process group, where Ctrl-C reaches it anyway.
  const ownGroup = !process.stdin.isTTY
  const child = spawn('/bin/sh', ['-c', command], { env, stdio: 'inherit', detached: ownGroup })
  const status = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, name) => resolve(code ?? 128 + (name ? constants.signals[name] : 0)))
  })
  if (child.pid === undefined) return status
  const target = ownGroup ? -child.pid : child.pid
  const release = endWithUs(target, 'KILL')
  const send = (name: NodeJS.Signals) => {
    try {
      process.kill(target, name)
    } catch {
      // It has ended.
    }
  }
  let bound: NodeJS.Timeout | undefined
  const pass = () => {
    send(signal.reason)
    bound = setTimeout(() => send('SIGKILL'), STOP_MS)
  }
  signal.addEventListener('abort', pass)
  return status.finally(() => {
    signal.removeEventListener('abort', pass)
    clearTimeout(bound)
    release()
    // What it left running in the background.
    if (ownGroup) send('SIGTERM')
  })
}
