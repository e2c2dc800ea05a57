import { readdir, readFile } from 'node:fs/promises'
import os from 'node:os'

/**
 * As `nice` has it: beside one thread that wants a whole core, the four that hash a password get a third of it.
 * Lower, and nobody could sign in while the machine is busy.
 */
const POOL_NICE = 10

/** One thread, whose work nobody waits for within a second: it gets 3 % of such a core. */
const THREAD_NICE = 15

/** libuv's name for the threads that hash passwords, look up names and read files. */
const POOL = 'libuv-worker'

/**
 * Lowers the priority of the threads beside the event loop, so that work on them (a password's hash keeps four
 * threads busy) takes no processor from it. On Linux alone: elsewhere priorities are the whole process's.
 */
export async function lowerPool(): Promise<void> {
  if (process.platform !== 'linux') return
  // That there is a file to read is what starts them.
  for (const thread of await readdir('/proc/self/task')) {
    // Others may end meanwhile.
    const name = await readFile(`/proc/self/task/${thread}/comm`, 'utf8').catch(() => '')
    if (name.trim() === POOL) os.setPriority(Number(thread), POOL_NICE)
  }
}

/** The same for the thread that calls it. */
export function lowerThisThread(): void {
  if (process.platform === 'linux') os.setPriority(0, THREAD_NICE)
}
