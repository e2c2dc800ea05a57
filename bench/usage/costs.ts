import { availableParallelism } from 'node:os'
import { type CpuTimes, readCpuTimes } from '../cpuTime.ts'
import type { Service } from '../startService.ts'

/**
 * CPU time per event in microseconds; `elsewhere` is the part of the machine that other programs took, this one among
 * them.
 */
export type Cost = { seconds: number; server: number; redis: number; postgres: number; elsewhere: number }

export type Clock = { at: number; cpu: CpuTimes | undefined }

const read = ({ redisPid, postgresPid }: Service, pid: number) =>
  readCpuTimes({ server: pid, redis: redisPid, postgres: postgresPid })

export async function startClock(service: Service, pid: number): Promise<Clock> {
  const cpu = await read(service, pid)
  return { at: performance.now(), cpu }
}

/** What it took since the clock was started, for so many events done by the process `pid`. */
export async function costsOf(service: Service, pid: number, clock: Clock, events: number): Promise<Cost> {
  const seconds = (performance.now() - clock.at) / 1000
  const now = await read(service, pid)
  const spent = (part: keyof CpuTimes) => (now?.[part] ?? Number.NaN) - (clock.cpu?.[part] ?? Number.NaN)
  const [server, redis, postgres] = [spent('server'), spent('redis'), spent('postgres')]
  const elsewhere = spent('machine') - server - redis - postgres
  return {
    seconds,
    server: server / events,
    redis: redis / events,
    postgres: postgres / events,
    elsewhere: Math.max(0, elsewhere / 1e6 / seconds / availableParallelism()),
  }
}
