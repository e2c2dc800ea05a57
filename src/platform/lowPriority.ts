import { readdir, readFile } from 'node:fs/promises'
import os from 'node:os'

/**
 * As `nice` has it: beside a thread that wants a whole core, eight of these get a fifth of it together. They get all that nobody
 * wants, and sign-ins go on while the machine is busy.
 */
const NICE = 15

/** libuv's name for the threads that hash passwords, look up names and read files. */
const POOL = 'libuv-worker'

/**
 * Lowers the priority of the threads beside the event loop, so that work on them (a password's hash keeps four threads busy) takes
 * no processor from it. On Linux alone: elsewhere priorities are the whole process's.
 */
export async function lowerPool(): Promise<void> {
  if (process.platform !== 'linux') return
  // That there is a file to read is what starts them.
  for (const thread of await readdir('/proc/self/task')) {
    // Others may end meanwhile.
    const name = await readFile(`/proc/self/task/${thread}/comm`, 'utf8').catch(() => '')
    if (name.trim() === POOL) os.setPriority(Number(thread), NICE)
  }
}

/** The same for the thread that calls it. */
export function lowerThisThread(): void {
  if (process.platform === 'linux') os.setPriority(0, NICE)
}
