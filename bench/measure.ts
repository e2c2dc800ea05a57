import { availableParallelism } from 'node:os'
import { type CpuTimes, readCpuTimes } from './cpuTime.ts'
import type { Keys } from './createKeys.ts'
import { findFaults, readCounted } from './exactness.ts'
import { runWrk, type WrkResult } from './runWrk.ts'
import type { HttpProcess } from './startProcess.ts'
import type { Service } from './startService.ts'
import type { Target, TargetName } from './targets.ts'

/** What a unit cost, in microseconds of CPU; `elsewhere` is the part of the machine that other programs took. */
export type Cpu = { server: number; redis: number; postgres: number; wrk: number; elsewhere: number }

/** One target in one round. Rates per second; latencies in ms per request. */
export type Sample = {
  target: TargetName
  rate: number
  p50: number
  p99: number
  cpu: Cpu | undefined
  answered: number
  counted: number
  faults: string[]
}

export type Bench = { service: Service; bare: Record<'http' | 'koa' | 'body', HttpProcess>; keys: Keys }

const WARM_UP_SECONDS = 1
let runs = 0

/** Warms a target up, measures it, lets a worker empty the queue and compares the counts with the answers. */
export async function measure(bench: Bench, target: Target, seconds: number): Promise<Sample> {
  const { service, keys } = bench
  const server = target.server === 'api' ? service.api : bench.bare[target.server]
  const load = (duration: number): Promise<WrkResult> =>
    runWrk({
      url: server.url,
      script: target.script,
      connections: target.connections,
      seconds: duration,
      args: [keys.file, keys.serviceToken, `${Date.now()}-${process.pid}-${runs++}`],
    })

  const pids = { server: server.pid, redis: service.redisPid, postgres: service.postgresPid }
  const before = await readCounted(service.query, keys.ids)
  const warmUp = await load(WARM_UP_SECONDS)
  const cpuBefore = await readCpuTimes(pids)
  const result = await load(seconds)
  const cpuAfter = await readCpuTimes(pids)

  const faults: string[] = []
  const failed = warmUp.failed + result.failed
  if (failed > 0) faults.push(`${target.name}: ${failed} requests failed`)
  const answered = warmUp.answered + result.answered
  let counted = 0
  if (target.counts !== 'nothing') {
    await service.drain()
    const after = await readCounted(service.query, keys.ids)
    counted = after.requests - before.requests
    faults.push(...findFaults(target, { answered, inFlight: 2 * target.connections }, before, after))
  }
  const units = result.answered * target.units
  return {
    target: target.name,
    rate: units / result.seconds,
    p50: result.p50 / 1000,
    p99: result.p99 / 1000,
    cpu: cpuBefore && cpuAfter ? costOf(cpuBefore, cpuAfter, units, result.seconds) : undefined,
    answered: answered * target.units,
    counted,
    faults,
  }
}

/** What each of `units` cost between two readings, `seconds` apart. */
export function costOf(before: CpuTimes, after: CpuTimes, units: number, seconds: number): Cpu {
  const server = after.server - before.server
  const redis = after.redis - before.redis
  const postgres = after.postgres - before.postgres
  const wrk = after.wrk - before.wrk
  const elsewhere = after.machine - before.machine - server - redis - postgres - wrk
  return {
    server: server / units,
    redis: redis / units,
    postgres: postgres / units,
    wrk: wrk / units,
    elsewhere: Math.max(0, elsewhere / 1e6 / seconds / availableParallelism()),
  }
}
