import { access, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const ROOT = '/sys/fs/cgroup/cpu'
/** What systemd and container engines give a service by default: `CPUWeight=100`. */
const USUAL = 1024

/** By the name of a service: its processes, and its `CPUWeight`. */
export type Services = Record<string, { pids: number[]; weight: number }>

/**
 * Gives each service a control group of its own, as systemd and container engines do, and returns what takes the groups
 * away again. Undefined where control groups (version 1) cannot be made.
 */
export async function divideProcessors(services: Services): Promise<(() => Promise<void>) | undefined> {
  const folders: string[] = []
  try {
    await access(join(ROOT, 'cgroup.procs'))
    for (const [name, { pids, weight }] of Object.entries(services))
      folders.push(await makeGroup(name, Math.round((USUAL * weight) / 100), pids))
  } catch {
    await Promise.all(folders.map(removeGroup))
    return undefined
  }
  return async () => {
    await Promise.all(folders.map(removeGroup))
  }
}

async function makeGroup(name: string, shares: number, pids: number[]): Promise<string> {
  const folder = join(ROOT, `pictify-keys-bench-${process.pid}-${name}`)
  await mkdir(folder)
  await writeFile(join(folder, 'cpu.shares'), String(shares))
  for (const pid of pids) await writeFile(join(folder, 'cgroup.procs'), String(pid))
  return folder
}

/** What still runs there goes to the machine's own group. */
async function removeGroup(folder: string): Promise<void> {
  const left = (await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')).match(/\d+/g) ?? []
  for (const pid of left) await writeFile(join(ROOT, 'cgroup.procs'), pid).catch(() => {})
  await rmdir(folder).catch(() => {})
}
