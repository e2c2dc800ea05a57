import { spawn } from 'node:child_process'
import { root } from '../../src/dev/dataDir.ts'
import { eventually } from './eventually.ts'

/** The command line as it runs, in a process of its own: what it has said so far, and its end. */
export function startCommandLine(env: Record<string, string>, args: string[], stdin = '') {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], { cwd: root, env })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (data) => {
    said.stdout += data
  })
  child.stderr.on('data', (data) => {
    said.stderr += data
  })
  child.stdin.end(stdin)
  const end = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, ...said })),
  )
  const waits = () =>
    eventually(
      async () => said.stderr,
      (text) => text.includes('Waiting for a worker'),
    )
  return { child, end, waits }
}
