import { execFile } from 'node:child_process'
import { root } from './dataDir.ts'

export type Cli = (args: string[], stdin?: string) => Promise<string>

const BOUND_MS = 60_000

/** Runs the operator's command line and gives its stdout. Throws with what it printed, never with its arguments. */
export function createCli(env: NodeJS.ProcessEnv, signal: AbortSignal): Cli {
  return (args, stdin = '') =>
    new Promise((resolve, reject) => {
      const child = execFile(
        process.execPath,
        ['src/cli/main.ts', ...args],
        { cwd: root, env, signal, timeout: BOUND_MS },
        (error, stdout, stderr) => {
          if (!error) resolve(stdout)
          // Node's own message would show the whole command line, and with it a password.
          else reject(new Error(`bin/keys ${args.slice(0, 2).join(' ')} failed:\n${stderr}${stdout}`))
        },
      )
      child.stdin?.end(stdin)
    })
}
