import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What wrk saw. Latencies in microseconds; `answered` counts 2xx and 3xx. */
export type WrkResult = { answered: number; failed: number; seconds: number; p50: number; p99: number }

export type WrkOptions = {
  url: string
  script: string
  connections: number
  seconds: number
  /** For the script: see wrk/common.lua. */
  args: string[]
}

const run = promisify(execFile)

/** Loads a server from one thread. Throws when wrk is not on PATH, or says that it could not work. */
export async function runWrk({ url, script, connections, seconds, args }: WrkOptions): Promise<WrkResult> {
  const file = fileURLToPath(new URL(`./wrk/${script}.lua`, import.meta.url))
  const flags = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', file]
  const { stdout } = await run('wrk', [...flags, url, '--', ...args])
  const line = /^RESULT (.*)$/m.exec(stdout)?.[1]
  if (!line) throw new Error(`wrk did not finish:\n${stdout}`)
  const result = JSON.parse(line) as Record<string, number>
  const { requests = 0, badStatus = 0, socketErrors = 0, microseconds = 0, p50 = 0, p99 = 0 } = result
  return {
    answered: requests - badStatus,
    failed: badStatus + socketErrors,
    seconds: microseconds / 1e6,
    p50,
    p99,
  }
}

/** Throws, with what to do, when wrk is not on PATH. */
export async function requireWrk(): Promise<void> {
  try {
    await run('wrk', ['--version'])
  } catch (error) {
    // It ends with status 1 after it has told its version.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return
    throw new Error('wrk is not on PATH. Install it: `apt-get install wrk`, or `brew install wrk`.')
  }
}
