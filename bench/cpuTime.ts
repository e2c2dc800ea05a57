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
    processTime(pids.server),
    processTime(pids.redis),
    familyTime(pids.postgres),
    readFields('self'),
    machineTime(),
  ])
  return {
    server,
    redis,
    postgres,
    // Of children that have ended: nothing but wrk ends while a target is measured.
    wrk: ticks(own[13], own[14]),
    machine: machine ?? 0,
  }
}

/** CPU time of one process, all threads. */
export async function processTime(pid: number): Promise<number> {
  const fields = await readFields(pid)
  return ticks(fields[11], fields[12])
}

/** Of its main thread alone, which runs JavaScript in Node. */
export async function mainThreadTime(pid: number): Promise<number> {
  const fields = await readFields(`${pid}/task/${pid}`)
  return ticks(fields[11], fields[12])
}

/** CPU time of a process and its children, those that have ended among them: Postgres has one for each connection. */
export async function familyTime(pid: number): Promise<number> {
  const [own, children] = await Promise.all([readFields(pid), readChildren(pid)])
  return ticks(...own.slice(11, 15), ...children.flatMap((fields) => [fields[11], fields[12]]))
}

/** CPU time that the machine has spent on anything. */
export async function machineTime(): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined
  const text = await readFile('/proc/stat', 'utf8')
  // Its first line: user, nice, system, idle, iowait, irq, softirq, steal.
  const [user, nice, system, , , irq, softirq, steal] = numbers(text.slice('cpu'.length))
  return ticks(user, nice, system, irq, softirq, steal)
}

/**
 * The fields of /proc/PID/stat from the third on: the second is the program's name in brackets, which may hold
 * anything.
 */
async function readFields(pid: number | string): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  return numbers(text.slice(text.lastIndexOf(')') + 1))
}

/** The same of a process's children. */
async function readChildren(pid: number): Promise<number[][]> {
  return Promise.all((await childrenOf(pid)).map((child) => readFields(child).catch(() => [])))
}

/** The PIDs of a process's children. */
export async function childrenOf(pid: number): Promise<number[]> {
  return numbers(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))
}

const numbers = (text: string) => (text.split('\n', 1)[0]?.match(/\S+/g) ?? []).map(Number)

const ticks = (...counts: (number | undefined)[]) =>
  counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) * TICK_MICROSECONDS
