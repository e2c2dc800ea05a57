/**
 * A steady load of verifications over all verifiers: `load.ts`, started by ../revocation.ts with its orders as one
 * message. Requests leave on time whatever the answers do, and ask about every key, revoked ones among them. Told to
 * stop, it answers a Loaded.
 */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { percentile } from '../report.ts'
import { machineNow } from './machineNow.ts'

export type LoadOrders = { urls: string[]; token: string; values: string[]; perSecond: number }

/**
 * `lastAccepted`: per key, in their order, when the last one that was accepted had started, by `machineNow`; 0 for
 * none.
 */
export type Loaded = {
  sent: number
  seconds: number
  accepted: number
  refused: number
  unavailable: number
  unanswered: number
  p50: number
  p99: number
  lastAccepted: number[]
}

const CONNECTIONS = 32

async function load({ urls, token, values, perSecond }: LoadOrders, stopped: () => boolean): Promise<Loaded> {
  const pools = urls.map((url) => new Pool(url, { connections: CONNECTIONS }))
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const bodies = values.map((key) => JSON.stringify({ key }))
  const lastAccepted = values.map(() => 0)
  const counts = { accepted: 0, refused: 0, unavailable: 0, unanswered: 0 }
  const took: number[] = []

  const verify = async (pool: Pool, place: number) => {
    const started = machineNow()
    try {
      const answer = await pool.request({
        path: '/verify',
        method: 'POST',
        headers,
        body: bodies[place] ?? '',
      })
      const { valid } = (await answer.body.json()) as { valid?: boolean }
      took.push(machineNow() - started)
      if (answer.statusCode !== 200) counts.unavailable += 1
      else if (!valid) counts.refused += 1
      else {
        counts.accepted += 1
        lastAccepted[place] = Math.max(lastAccepted[place] ?? 0, started)
      }
    } catch {
      counts.unanswered += 1
    }
  }

  const start = machineNow()
  let sent = 0
  const verifying = new Set<Promise<void>>()
  while (!stopped()) {
    for (const due = ((machineNow() - start) * perSecond) / 1_000; sent < due; sent++) {
      const pool = pools[sent % pools.length]
      if (!pool) continue
      const one = verify(pool, Math.floor(Math.random() * values.length)).finally(() => verifying.delete(one))
      verifying.add(one)
    }
    await delay(1)
  }
  const seconds = (machineNow() - start) / 1_000
  await Promise.all(verifying)
  await Promise.all(pools.map((pool) => pool.close()))
  return { sent, seconds, ...counts, p50: percentile(took, 0.5), p99: percentile(took, 0.99), lastAccepted }
}

const [orders] = await once(process, 'message')
let isOver = false
// It ends with whoever started it, too.
for (const word of ['message', 'disconnect'] as const) {
  process.once(word, () => {
    isOver = true
  })
}
const loaded = await load(orders, () => isOver)
if (process.connected) {
  process.send?.(loaded)
  process.disconnect?.()
}
