import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import type { Loaded, LoadOrders } from './load.ts'

/** Reports events at a constant rate, from a process of its own; resolves once all of them have been. */
export async function startLoad(orders: LoadOrders): Promise<Loaded> {
  const child = fork(join(root, 'bench/usage/load.ts'))
  child.send(orders)
  const [loaded] = await once(child, 'message')
  return loaded as Loaded
}
