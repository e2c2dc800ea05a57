import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Until then an evaluation of the half minute has found a crossing. */
const ARRIVES_MS = 90_000

export type Receiver = {
  /** The URL of an account's webhook. */
  urlOf: (accountId: string) => string
  /** When the account's first `alert.firing` came, by `performance.now()`. */
  fired: (accountId: string) => Promise<number>
  stop: () => void
}

/** Receives the webhooks of many accounts, each under a path of its own, and answers at once. */
export async function startReceiver(): Promise<Receiver> {
  const arrivals = new Map<string, number>()
  const arrived = new EventTarget()
  const server = createServer(async (request, response) => {
    const at = performance.now()
    const chunks = await request.toArray()
    response.writeHead(204).end()
    const accountId = request.url?.slice(1) ?? ''
    if (JSON.parse(Buffer.concat(chunks).toString()).type !== 'alert.firing' || arrivals.has(accountId))
      return
    arrivals.set(accountId, at)
    arrived.dispatchEvent(new Event(accountId))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    urlOf: (accountId) => `http://127.0.0.1:${port}/${accountId}`,
    fired: async (accountId) => {
      if (!arrivals.has(accountId))
        await once(arrived, accountId, { signal: AbortSignal.timeout(ARRIVES_MS) })
      return arrivals.get(accountId) ?? Number.NaN
    },
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
