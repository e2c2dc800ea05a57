import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { TimedOut } from '../../platform/within.ts'
import { PROBE_MS } from './probe.ts'

/** Less than a probe may take, so that the reason is known. */
const BOUND_MS = PROBE_MS - 1_000

/** Sends bytes to a server and returns the first that it answers. Throws TimedOut, or why there is no connection. */
export async function firstBytes(host: string, port: number, bytes: Buffer): Promise<Buffer> {
  const socket = connect({ host, port })
  return bounded(socket, async (signal) => {
    await once(socket, 'connect', { signal })
    socket.write(bytes)
    const [answer] = await Promise.race([
      once(socket, 'data', { signal }),
      once(socket, 'close', { signal }).then(() => {
        throw new Error('It closed the connection.')
      }),
    ])
    return answer as Buffer
  })
}

/** Whether a server speaks TLS, whatever its certificate. */
export async function speaksTls(host: string, port: number): Promise<boolean> {
  const socket = connectTls({ host, port, rejectUnauthorized: false })
  return bounded(socket, async (signal) => {
    await once(socket, 'secureConnect', { signal })
    return true
  }).catch(() => false)
}

async function bounded<Value>(socket: Socket, ask: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const signal = AbortSignal.timeout(BOUND_MS)
  try {
    return await ask(signal)
  } catch (error) {
    const within = `within ${BOUND_MS / 1_000} s`
    if (signal.aborted)
      throw new TimedOut(
        socket.connecting
          ? `No connection ${within}.`
          : `It takes connections and does not answer ${within}.`,
      )
    throw error
  } finally {
    socket.on('error', () => {}).destroy()
  }
}
