import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../report.ts'
import { GIVE_UP_MS, overHttp } from './overHttp.ts'
import type { Target } from './Target.ts'

/** One request: when it was due (ms since the start), how long its answer took, and its status; 0 for none. */
export type Asked = { due: number; ms: number; status: number }

const TICK_MS = 1

export type Timeline = {
  /** In ms since the start of the load. */
  now: () => number
  /** Ends the load, and answers every request in the order in which it was due. */
  stop: () => Promise<Asked[]>
}

/** Asks by HTTP: see startCalls. */
export const startTimeline = (url: URL, requests: Buffer[], rate: number): Timeline =>
  startCalls(overHttp(url, requests), rate)

/**
 * Asks at a constant rate, whatever became of the requests before: one that stalls is asked all the same, as callers
 * would. A latency counts from the instant at which the request was due.
 */
export function startCalls({ ask, close }: Target, rate: number): Timeline {
  const start = performance.now()
  const now = () => performance.now() - start
  const asked: Asked[] = []
  let pending = 0
  let isOver = false
  const send = async (turn: number) => {
    const next = { due: (turn / rate) * 1000, ms: GIVE_UP_MS, status: 0 }
    asked.push(next)
    pending += 1
    const status = await ask(turn)
    Object.assign(next, { ms: now() - next.due, status })
    pending -= 1
  }
  const loop = async () => {
    for (let sent = 0; !isOver; await delay(TICK_MS))
      for (const until = Math.floor((now() / 1000) * rate); sent < until; sent++) void send(sent)
  }
  const looping = loop()
  return {
    now,
    stop: async () => {
      isOver = true
      await looping
      const until = performance.now() + GIVE_UP_MS
      while (pending > 0 && performance.now() < until) await delay(10)
      await close()
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
