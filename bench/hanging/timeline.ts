import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../report.ts'

/** One request: when it was due (ms since the start), how long its answer took, and its status; 0 for none. */
export type Asked = { due: number; ms: number; status: number }

const TICK_MS = 1
/** A request without an answer after this long is counted as one that got none. */
const GIVE_UP_MS = 10_000

export type Timeline = {
  /** In ms since the start of the load. */
  now: () => number
  /** Ends the load, and answers every request in the order in which it was due. */
  stop: () => Promise<Asked[]>
}

/**
 * Asks at a constant rate, over as many kept-alive connections as are needed for that: a server that stalls is asked
 * all the same, as callers would. A latency counts from the instant at which the request was due.
 */
export function startTimeline({ hostname, port }: URL, requests: Buffer[], rate: number): Timeline {
  const start = performance.now()
  const now = () => performance.now() - start
  const asked: Asked[] = []
  const idle: ReturnType<typeof open>[] = []
  let open_ = 0
  let isOver = false

  function open() {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    open_ += 1
    let current: Asked | undefined
    let timer: NodeJS.Timeout | undefined
    let head = ''
    const done = (status: number) => {
      if (!current) return
      clearTimeout(timer)
      Object.assign(current, { ms: now() - current.due, status })
      current = undefined
    }
    const one = {
      socket,
      send: (next: Asked, request: Buffer) => {
        current = next
        timer = setTimeout(() => socket.destroy(), GIVE_UP_MS)
        socket.write(request)
      },
    }
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
      if (head.length < end + 4 + length) return
      const status = Number(head.slice(9, 12))
      head = ''
      done(status)
      idle.push(one)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      open_ -= 1
      done(0)
      const place = idle.indexOf(one)
      if (place >= 0) idle.splice(place, 1)
    })
    return one
  }

  const loop = async () => {
    for (let sent = 0; !isOver; ) {
      for (const until = Math.floor((now() / 1000) * rate); sent < until; sent++) {
        const next = { due: (sent / rate) * 1000, ms: GIVE_UP_MS, status: 0 }
        asked.push(next)
        const one = idle.pop() ?? open()
        one.send(next, requests[sent % requests.length] as Buffer)
      }
      await delay(TICK_MS)
    }
  }
  const looping = loop()
  return {
    now,
    stop: async () => {
      isOver = true
      await looping
      const until = performance.now() + GIVE_UP_MS
      while (idle.length < open_ && performance.now() < until) await delay(10)
      for (const { socket } of idle) socket.destroy()
      return asked
    },
  }
}

export type Summary = {
  requests: number
  p50: number
  p99: number
  most: number
  unavailable: number
  lost: number
}

/** What was due from one instant to another. */
export function summarise(asked: Asked[], from: number, to: number): Summary {
  const part = asked.filter(({ due }) => due >= from && due < to)
  const times = part.map(({ ms }) => ms)
  return {
    requests: part.length,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    most: Math.max(0, ...times),
    unavailable: part.filter(({ status }) => status === 503).length,
    lost: part.filter(({ status }) => status !== 200 && status !== 503).length,
  }
}
