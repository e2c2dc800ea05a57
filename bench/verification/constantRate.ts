/**
 * Sends requests at a constant rate over kept-alive connections, each of which takes one at a time: `constantRate.ts`,
 * started by latency.ts with its orders, one message each, which it answers with Latencies. A latency (ms) counts from
 * the instant at which its request was due, so a server that stalls is not spared the requests that had to wait; up to
 * a tick of it is this loader's own clock.
 */
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../report.ts'

export type Orders = {
  host: string
  port: number
  requests: string[]
  rate: number
  seconds: number
  connections: number
}
export type Latencies = { rate: number; p50: number; p99: number; most: number; failed: number }

const HEAD_END = '\r\n\r\n'
const TICK_MS = 1
/** Not counted: in its first moments the loader itself is slow. */
const WARM_UP_SECONDS = 1

type Connection = { due: number; send: (due: number) => void; close: () => void }

async function load({ host, port, requests, rate, seconds, connections }: Orders): Promise<Latencies> {
  const buffers = requests.map((text) => Buffer.from(text))
  const idle: Connection[] = []
  const latencies: number[] = []
  const waiting: number[] = []
  let [sent, failed] = [0, 0]
  let counted = Number.POSITIVE_INFINITY

  const open = async (): Promise<Connection> => {
    const socket = connect({ host, port, noDelay: true })
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    let text = ''
    const one: Connection = {
      due: 0,
      send: (due) => {
        one.due = due
        socket.write(buffers[sent++ % buffers.length] as Buffer)
      },
      close: () => socket.destroy(),
    }
    socket.on('data', (chunk) => {
      text = text === '' ? chunk.toString('latin1') : text + chunk.toString('latin1')
      if (!isWhole(text)) return
      const isGood = text.startsWith('HTTP/1.1 200')
      text = ''
      if (!isGood) failed++
      if (one.due >= counted) latencies.push(performance.now() - one.due)
      const next = waiting.shift()
      if (next === undefined) idle.push(one)
      else one.send(next)
    })
    idle.push(one)
    return one
  }
  const all = await Promise.all(Array.from({ length: connections }, open))

  const start = performance.now()
  counted = start + WARM_UP_SECONDS * 1000
  const total = Math.floor(rate * (WARM_UP_SECONDS + seconds))
  for (let due = 0; due < total; ) {
    const now = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate))
    for (; due < now; due++) {
      const at = start + (due / rate) * 1000
      const connection = idle.pop()
      if (connection) connection.send(at)
      else waiting.push(at)
    }
    await delay(TICK_MS)
  }
  while (idle.length < all.length) await delay(TICK_MS)
  const took = (performance.now() - start) / 1000
  for (const one of all) one.close()
  const at = (q: number) => percentile(latencies, q)
  return { rate: total / took, p50: at(0.5), p99: at(0.99), most: at(1), failed }
}

/** Whether an answer is there with its body, whose length it says. */
function isWhole(text: string): boolean {
  const end = text.indexOf(HEAD_END)
  if (end < 0) return false
  const length = /content-length: (\d+)/i.exec(text)?.[1]
  return text.length >= end + HEAD_END.length + Number(length ?? 0)
}

process.on('message', async (orders: Orders) => process.send?.(await load(orders)))
process.on('disconnect', () => process.exit())
