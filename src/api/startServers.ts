import { createServer, type Server } from 'node:http'
import type { ListenOptions } from 'node:net'
import type { Env } from '../platform/env.ts'
import type { RequestHandler } from '../platform/tracing.ts'
import { serverOptions } from './serverOptions.ts'
import { stopServer } from './stopServer.ts'

type Options = {
  env: Pick<Env, 'HOST' | 'PORT' | 'SHARED_PORT'>
  handler: RequestHandler
  /** Called with each server before it listens. */
  prepare: (server: Server) => void
}

/**
 * Serves the same on PORT and, where it is set, on SHARED_PORT: there the kernel hands each new connection to one of
 * the processes that listen (SO_REUSEPORT), so that the apis of one machine need no balancer. Throws where it cannot
 * listen.
 */
export async function startServers({ env, handler, prepare }: Options) {
  const { HOST: host = '0.0.0.0', PORT, SHARED_PORT } = env
  let stopping = false
  const respond: RequestHandler = (request, response) => {
    if (stopping) response.setHeader('Connection', 'close')
    handler(request, response)
  }
  const start = (options: ListenOptions) =>
    new Promise<Server>((resolve, reject) => {
      const server = createServer(serverOptions, respond)
      prepare(server)
      server.once('error', reject)
      server.listen({ host, ...options }, () => resolve(server))
    })
  const servers = [await start({ port: PORT })]
  if (SHARED_PORT !== undefined) {
    try {
      servers.push(await start({ port: SHARED_PORT, reusePort: true }))
    } catch (error) {
      for (const server of servers) server.close()
      throw explainShared(SHARED_PORT, error as NodeJS.ErrnoException)
    }
  }
  return {
    ports: servers.map((server) => (server.address() as { port: number }).port),
    stop: async () => {
      stopping = true
      await Promise.all(servers.map(stopServer))
    },
  }
}

/** What to do about an error of listening on SHARED_PORT. */
export function explainShared(port: number, error: NodeJS.ErrnoException): Error {
  const reasons: Record<string, string> = {
    ENOTSUP: 'this system cannot share a port. Unset it, and give each api its own PORT behind a proxy',
    EADDRINUSE: `port ${port} is in use by a process of another user, or by one that does not share it`,
  }
  const reason = reasons[error.code ?? '']
  return reason === undefined ? error : new Error(`SHARED_PORT: ${reason}.`, { cause: error })
}
