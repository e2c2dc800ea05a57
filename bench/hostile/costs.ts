import { monitorEventLoopDelay } from 'node:perf_hooks'
import { familyTime, machineTime, processTime } from '../cpuTime.ts'
import type { Process } from '../startProcess.ts'
import type { Service } from '../startService.ts'

export const COSTS = [
  'api',
  'worker',
  'Postgres',
  'Redis',
  'the load',
  'the flood',
  'machine',
  'api late, p99 / most ms',
  'worker late, p99 / most ms',
  'the load late, p99 / most ms',
]

/**
 * Begins to measure; the function that is returned ends it and returns a cell for each of COSTS: CPU time as a share
 * of one core, and how late the event loops were (p99 / most). `worker` serves its metrics at `workerUrl`.
 */
export async function startCosts(service: Service, worker: Process, workerUrl: string, floodPid?: number) {
  const urls = [service.api.url, workerUrl]
  const read = async () => [
    await processTime(service.api.pid),
    await processTime(worker.pid),
    await familyTime(service.postgresPid),
    await processTime(service.redisPid),
    process.cpuUsage().user + process.cpuUsage().system,
    floodPid === undefined ? 0 : await processTime(floodPid).catch(() => Number.NaN),
    (await machineTime()) ?? 0,
  ]
  // Asking begins a new measurement.
  await Promise.all(urls.map(readDelay))
  const own = monitorEventLoopDelay({ resolution: EVERY_MS })
  own.enable()
  const [started, before] = [performance.now(), await read()]
  return async () => {
    const [µs, after] = [(performance.now() - started) * 1000, await read()]
    own.disable()
    const shares = after.map((time, place) => `${(((time - (before[place] ?? 0)) / µs) * 100).toFixed(1)} %`)
    const delays = await Promise.all(urls.map(readDelay))
    return [...shares, ...delays, inWords(own.percentile(99) / 1e6, own.max / 1e6)]
  }
}

/** How late a process's event loop was since this was last asked. */
async function readDelay(url: string): Promise<string> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const read = (name: string) =>
    Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds (\\S+)`, 'm').exec(text)?.[1]) * 1000
  return inWords(read('p99'), read('max'))
}

/** The loop is looked at every so many ms; what is measured includes that. */
const EVERY_MS = 10
const inWords = (...delays: number[]) => delays.map((one) => (one - EVERY_MS).toFixed(1)).join(' / ')
