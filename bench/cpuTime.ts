import { readFile } from 'node:fs/promises'

/** The kernel counts in hundredths of a second, whatever the machine (USER_HZ). */
const TICK_MICROSECONDS = 10_000

/** CPU time in microseconds: of the servers, of the load generators that have ended, and of the whole machine. */
export type CpuTimes = { server: number; redis: number; postgres: number; wrk: number; machine: number }

export type Pids = { server: number; redis: number; postgres: number }

/** CPU times up to now; undefined where there is no /proc. */
export async function readCpuTimes(pids: Pids): Promise<CpuTimes | undefined> {
  if (process.platform !== 'linux') return undefined
  const [server, redis, postgres, own, machine] = await Promise.all([
    readFields(pids.server),
    readFields(pids.redis),
    readChildren(pids.postgres),
    readFields('self'),
    machineTime(),
  ])
  return {
    server: ticks(server[11], server[12]),
    redis: ticks(redis[11], redis[12]),
    postgres: ticks(...postgres.flatMap((fields) => [fields[11], fields[12]])),
    // Of children that have ended: nothing but wrk ends while a target is measured.
    wrk: ticks(own[13], own[14]),
    machine: machine ?? 0,
  }
}

/** CPU time that the machine has spent on anything. */
export async function machineTime(): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const text = await readFile('/proc/stat', 'utf8')
  // Its first line: user, nice, system, idle, iowait, irq, softirq, steal.
  const [user, nice, system, , , irq, softirq, steal] = numbers(text.slice('cpu'.length))
  return ticks(user, nice, system, irq, softirq, steal)
}

/** The fields of /proc/PID/stat from the third on: the second is the program's name in brackets, which may hold anything. */
async function readFields(pid: number | 'self'): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  return numbers(text.slice(text.lastIndexOf(')') + 1))
}

/** The same of a process's children: Postgres has one for each connection. */
async function readChildren(pid: number): Promise<number[][]> {
  const children = numbers(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))
  return Promise.all(children.map((child) => readFields(child).catch(() => [])))
}

const numbers = (text: string) => (text.split('\n', 1)[0]?.match(/\S+/g) ?? []).map(Number)

const ticks = (...counts: (number | undefined)[]) =>
  counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) * TICK_MICROSECONDS
