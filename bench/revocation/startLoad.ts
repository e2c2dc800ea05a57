import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../../src/dev/dataDir.ts'
import type { Loaded, LoadOrders } from './load.ts'

/** The load runs alone for so long before anything is measured. */
const RAMP_MS = 5_000

/** Verifies at a constant rate, from a process of its own, until the function that is returned is called. */
export async function startLoad(orders: LoadOrders): Promise<() => Promise<Loaded>> {
  const child = fork(join(root, 'bench/revocation/load.ts'))
  child.send(orders)
  const loaded = once(child, 'message').then(([result]) => result as Loaded)
  await delay(RAMP_MS)
  return () => {
    child.send('stop')
    return loaded
  }
}
