import type { ServerOptions } from 'node:http'

/**
 * nginx passes on up to 32 KiB of headers (4 × 8 KiB) and adds its own; a proxy that asks /forward-auth sends them
 * all.
 */
export const MAX_HEADER_BYTES = 40 * 1024

export const serverOptions: ServerOptions = {
  maxHeaderSize: MAX_HEADER_BYTES,
  // Longer than load balancers keep a connection (AWS 60 s, nginx 60 s): they close it, never we under a request.
  keepAliveTimeout: 75_000,
  // Not less: a connection that is opened ahead may wait for its first request as long as one between two.
  headersTimeout: 80_000,
  requestTimeout: 120_000,
  optimizeEmptyRequests: true,
  // The hot path refuses a request without a Host, with a problem like every other.
  requireHostHeader: false,
}
