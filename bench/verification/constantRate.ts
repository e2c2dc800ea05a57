import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../usage/report.ts'

export type Latencies = { asked: number; rate: number; p50: number; p99: number; failed: number }

const END = '\r\n\r\n'
const TICK_MS = 1
/** Not counted: in its first moments the loader itself is slow. */
const WARM_UP_SECONDS = 1

/**
 * Sends requests at a constant rate over kept-alive connections, each of which takes one at a time. A latency (ms)
 * counts from the instant at which its request was due, so a server that stalls is not spared the requests that had
 * to wait; up to a tick of it is this loader's own clock. The answers must have no body.
 */
export async function loadAtRate(
  { hostname, port }: URL,
  requests: Buffer[],
  { rate, seconds, connections }: { rate: number; seconds: number; connections: number },
): Promise<Latencies> {
  const idle: Socket[] = []
  const dueOf = new Map<Socket, number>()
  const latencies: number[] = []
  const waiting: number[] = []
  let [sent, failed, counted] = [0, 0, 0]

  const send = (socket: Socket, due: number) => {
    dueOf.set(socket, due)
    socket.write(requests[sent++ % requests.length] as Buffer)
  }
  const answered = (socket: Socket, head: string) => {
    if (!head.startsWith('HTTP/1.1 200')) failed++
    const asked = dueOf.get(socket) ?? 0
    if (asked >= counted) latencies.push(performance.now() - asked)
    const due = waiting.shift()
    if (due === undefined) idle.push(socket)
    else send(socket, due)
  }
  const open = async () => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    let head = ''
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1')
      if (!head.endsWith(END)) return
      answered(socket, head)
      head = ''
    })
    idle.push(socket)
    return socket
  }
  const sockets = await Promise.all(Array.from({ length: connections }, open))

  const start = performance.now()
  counted = start + WARM_UP_SECONDS * 1000
  const total = Math.floor(rate * (WARM_UP_SECONDS + seconds))
  for (let due = 0; due < total; ) {
    const now = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate))
    for (; due < now; due++) {
      const at = start + (due / rate) * 1000
      const socket = idle.pop()
      if (socket) send(socket, at)
      else waiting.push(at)
    }
    await delay(TICK_MS)
  }
  while (idle.length < sockets.length) await delay(TICK_MS)
  const took = (performance.now() - start) / 1000
  for (const socket of sockets) socket.destroy()
  return {
    asked: rate,
    rate: total / took,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    failed,
  }
}
