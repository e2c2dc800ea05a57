import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mainThreadTime, processTime } from '../cpuTime.ts'
import { monotonicNow, readCpuParts, type Span } from './cpuParts.ts'

/** What a unit of work cost, by part, in µs of CPU. The parts add up to `ALL`. */
export type Parts = Map<string, number>
export const ALL = 'all'

/** What Node has to be started with to be watched. It writes its profile into the folder when it ends. */
export const profiled = (folder: string) => ['--cpu-prof', `--cpu-prof-dir=${folder}`]

/** What the kernel has booked on a process over a span, and on its main thread, in µs. */
export type Watched = { pid: number; span: Span; all: number; main: number }

/** Begins to watch; the function that is returned ends it. */
export async function watchNode(pid: number): Promise<() => Promise<Watched>> {
  const times = () => Promise.all([processTime(pid), mainThreadTime(pid)])
  const before = await times()
  const from = monotonicNow()
  return async () => {
    const after = await times()
    const span = { from, to: monotonicNow() }
    return { pid, span, all: after[0] - before[0], main: after[1] - before[1] }
  }
}

/** The parts of a process that has ended since. */
export async function readNodeParts(
  folder: string,
  { pid, span, all, main }: Watched,
  units: number,
): Promise<Parts> {
  // CPU.DATE.TIME.PID.THREAD.NUMBER.cpuprofile; 0 is the main thread.
  const name = (await readdir(folder)).find((one) => one.includes(`.${pid}.0.`))
  if (!name) throw new Error(`Process ${pid} has written no profile into ${folder}`)
  const parts = await readCpuParts(join(folder, name), span)
  const sampled = [...parts.values()].reduce((sum, time) => sum + time, 0)
  // V8 samples by the clock, which goes on while the thread waits for a file or a processor.
  const known = Math.min(main, sampled)
  for (const [part, time] of parts) parts.set(part, (time * known) / sampled)
  parts
    .set('outside JavaScript: polling, reading, parsing', main - known)
    .set('other threads: garbage collection, compiler, the profiler', all - main)
    .set(ALL, all)
  for (const [part, time] of parts) parts.set(part, time / units)
  return parts
}
