import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * SIGSTOP to a server and its children: connections stay, the kernel takes new ones, and nothing is answered. Returns
 * what lets it go on. For tests and benchmarks of what depends on it.
 */
export async function hangServer(pid: number): Promise<() => void> {
  const stopped: number[] = []
  const stop = (one: number) => {
    if (send(one, 'SIGSTOP')) stopped.push(one)
  }
  // The parent first: from then on it starts no other.
  stop(pid)
  for (const child of await childrenOf(pid)) stop(child)
  return () => {
    for (const one of stopped.splice(0)) send(one, 'SIGCONT')
  }
}

/** Whether the process was there. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
  const pairs = stdout.trim().split('\n')
  return pairs.flatMap((line) => {
    const [pid = 0, ppid] = line.trim().split(/\s+/).map(Number)
    return ppid === parent ? [pid] : []
  })
}
