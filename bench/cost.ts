import { availableParallelism } from 'node:os'
import { type CpuTimes, type Pids, readCpuTimes } from './cpuTime.ts'

/**
 * What a unit cost, in microseconds of CPU. `elsewhere` is the part of the machine that other programs took, this one
 * among them.
 */
export type Cost = { seconds: number; server: number; redis: number; postgres: number; elsewhere: number }

/** Begins to measure; the function that is returned ends it, for so many units. Linux only. */
export async function startClock(pids: Pids): Promise<(units: number) => Promise<Cost>> {
  const read = async (): Promise<CpuTimes> => {
    const times = await readCpuTimes(pids)
    if (!times) throw new Error('CPU time is measured on Linux only.')
    return times
  }
  const [before, at] = [await read(), performance.now()]
  return async (units) => {
    const seconds = (performance.now() - at) / 1000
    const after = await read()
    const spent = (part: keyof CpuTimes) => after[part] - before[part]
    const [server, redis, postgres] = [spent('server'), spent('redis'), spent('postgres')]
    const elsewhere = spent('machine') - server - redis - postgres - spent('wrk')
    return {
      seconds,
      server: server / units,
      redis: redis / units,
      postgres: postgres / units,
      elsewhere: Math.max(0, elsewhere / 1e6 / seconds / availableParallelism()),
    }
  }
}
