import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root } from '../../src/dev/dataDir.ts'
import type { Tenant } from './createTenant.ts'
import type { Outcomes } from './FloodCalls.ts'

/**
 * A tenant calls from a machine of its own, and does not take the service's processors: on Linux the flood runs only
 * where nobody else wants to (SCHED_IDLE, sched(7)), and makes room at once.
 */
const LEAST = process.platform === 'linux' ? ['chrt', '--idle', '0'] : ['nice', '-n', '19']

/** `missed`: calls that never did what they are to do. */
export type Flooded = { outcomes: Outcomes; missed: string[] }

type Flood = {
  url: string
  tenant: Tenant
  seconds: number
  /** With which of several ways to call one route it begins. */
  firstWay: number
}

/**
 * Starts the process of a flood, and returns what begins it: that the process starts on the service's processors is not
 * the tenant's doing.
 */
export async function startFlood({ url, tenant, seconds, firstWay }: Flood) {
  const [command = '', ...args] = [...LEAST, process.execPath, 'bench/hostile/flood.ts']
  const child = spawn(command, args, {
    cwd: root,
    env: {
      ...process.env,
      TENANT: JSON.stringify(tenant),
      API_URL: url,
      SECONDS: String(seconds),
      FIRST_WAY: String(firstWay),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error('The flood ended without an answer.')
  })
  ended.catch(() => {})
  const message = () => Promise.race([once(child, 'message').then(([value]) => value), ended])
  await message()
  return {
    pid: child.pid ?? 0,
    begin: (): Promise<Flooded> => {
      child.send('begin')
      return message() as Promise<Flooded>
    },
  }
}
