import { type ChildProcess, fork } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import type { Options, PartName } from './Part.ts'
import { parts } from './parts.ts'
import type { Outcome } from './results.ts'

/** What a part's process sends when it is done. */
export type Report = Outcome

/** A part that takes so much longer than it should hangs. */
const TOO_LONG = 3
const END_MS = 20_000

const running = new Set<ChildProcess>()

/**
 * Runs a part as a process of its own, with a folder of its own for what it writes: so a part that fails, or hangs, is
 * ended with all that it started, and the next one begins.
 */
export async function runPart(name: PartName, options: Options): Promise<Outcome> {
  await mkdir(join(root, '.data'), { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'pictify-keys-bench-'))
  // Under root, Postgres runs as another user, who has to get in.
  await chmod(folder, 0o711)
  const started = performance.now()
  const seconds = () => Math.round((performance.now() - started) / 1_000)
  const child = fork(join(root, 'bench/all/partProcess.ts'), [name, JSON.stringify(options)], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder },
    // Results alone go to stdout.
    stdio: ['ignore', 2, 2, 'ipc'],
    detached: true,
  })
  running.add(child)
  let report: Report | undefined
  child.once('message', (message) => {
    report = message as Report
  })
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(`its process ended with ${signal ?? code}`))
    child.once('error', ({ message }) => resolve(message))
  })
  const bound = parts[name].minutes * TOO_LONG * 60_000
  let isLate = false
  const late = setTimeout(() => {
    isLate = true
    end(child)
  }, bound)
  const how = await exited
  clearTimeout(late)
  // What it started ends when it does; whatever is left of its group ends now.
  end(child, 'SIGKILL')
  running.delete(child)
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }).catch(() => {})
  if (report) return report.state === 'missing' ? report : { ...report, seconds: seconds() }
  const reason = isLate ? `not done after ${Math.round(bound / 60_000)} minutes` : how
  return { state: 'failed', seconds: seconds(), reason }
}

/** Ends what is under way, and waits for it. */
export async function endParts(): Promise<void> {
  await Promise.all(
    [...running].map(
      (child) =>
        new Promise<void>((resolve) => {
          child.once('exit', () => resolve())
          end(child)
          setTimeout(() => end(child, 'SIGKILL'), END_MS).unref()
        }),
    ),
  )
}

function end({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): void {
  try {
    // Its group: load generators, too.
    if (pid) process.kill(-pid, signal)
  } catch {
    // It is gone.
  }
}
