import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'

/** How long a connection that says nothing may stay, for a request that is on its way over it. */
const IDLE_MS = 1_000

/**
 * Stops a server without cutting anybody off: it takes no new connections, answers what comes over the old ones (each
 * answer says `Connection: close` from now on), and closes those that stay idle. Resolves when none is left.
 */
export function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // http's own close would cut idle connections off at once, and with them requests that are already on the wire
    // (nodejs/node#60617).
    NetServer.prototype.close.call(server, () => {
      clearInterval(timer)
      resolve()
    })
    const timer = setInterval(() => server.closeIdleConnections(), IDLE_MS)
  })
}
