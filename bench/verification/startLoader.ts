import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../../src/dev/dataDir.ts'
import { waitForQuiet } from '../waitForQuiet.ts'
import type { Latencies, Orders } from './constantRate.ts'

const CONNECTIONS = 64

export type Load = { url: string; rate: number; seconds: number }

/**
 * A process that asks a server about these keys at a constant rate. `quiet`: how much of the machine others may take
 * when it begins, see `waitForQuiet`. `load` throws when a request fails. The process ends when this is disposed of.
 */
export function startLoader(values: string[], quiet: number) {
  const loader = fork(join(root, 'bench/verification/constantRate.ts'))
  const load = async ({ url, rate, seconds }: Load): Promise<Latencies> => {
    await waitForQuiet(quiet)
    const { hostname: host, port } = new URL(url)
    const requests = values.map(
      (value) =>
        `GET /forward-auth?permission=renders:write HTTP/1.1\r\nHost: ${host}:${port}\r\nAuthorization: Bearer ${value}\r\n\r\n`,
    )
    const orders: Orders = { host, port: Number(port), requests, rate, seconds, connections: CONNECTIONS }
    loader.send(orders)
    const [latencies] = (await once(loader, 'message')) as [Latencies]
    if (latencies.failed > 0) throw new Error(`${latencies.failed} requests failed`)
    return latencies
  }
  return { load, [Symbol.dispose]: () => loader.disconnect() }
}
