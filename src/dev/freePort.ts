import { createServer } from 'node:net'

/**
 * Ports that no system gives to an outgoing connection (Linux begins at 32768, others at 49152): what is free here
 * stays free until its server listens, and while its server restarts.
 */
const FIRST_PORT = 20_000
const PORTS = 12_736
/** Each process takes turns in a block of its own, so that processes do not pick the same port at the same time. */
const BLOCK = 64

const ownBlock = (process.pid * BLOCK) % PORTS
let picked = 0

/** Whether a server could listen on 127.0.0.1:`port` now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** A TCP port that is free on 127.0.0.1 now: `preferred` when it is, else one that few others use. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred
  for (let tries = 0; tries < PORTS; tries++) {
    // Where its own block is full it goes on in the next ones.
    const place = ownBlock + (tries < BLOCK ? picked++ % BLOCK : tries)
    const port = FIRST_PORT + (place % PORTS)
    if (await isPortFree(port)) return port
  }
  throw new Error('No free TCP port on 127.0.0.1')
}
