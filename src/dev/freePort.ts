import { createServer } from 'node:net'

/**
 * Ports that no system gives to an outgoing connection (Linux begins at 32768, others at 49152): what is free here
 * stays free until its server listens, and while its server restarts.
 */
const FIRST_PORT = 20_000
const PORTS = 12_736
/**
 * Each process has a block of its own, so that none takes the port of another's server that is being restarted. It goes
 * through all of the block before it picks a port again: a client that still looks for a server that has ended does not
 * meet the next one. Processes that share a block, as their number is not bounded, begin at different places in it.
 */
const BLOCKS = 32
const BLOCK = PORTS / BLOCKS
const ownBlock = (process.pid % BLOCKS) * BLOCK
let next = Math.floor(process.pid / BLOCKS) * 67

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
    const place = tries < BLOCK ? ownBlock + (next++ % BLOCK) : ownBlock + tries
    const port = FIRST_PORT + (place % PORTS)
    if (await isPortFree(port)) return port
  }
  throw new Error('No free TCP port on 127.0.0.1')
}
