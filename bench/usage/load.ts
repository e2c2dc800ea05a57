/**
 * A steady load of reported events: `load.ts`, started by freshness.ts with its orders as one message. Batches leave on
 * time whatever the answers do, as a fleet of resource servers would send them. Answers a Loaded at the end.
 */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../report.ts'
import { randomLatency } from './events.ts'
import { bodiesOf, createSender } from './loader.ts'

export type LoadOrders = {
  url: string
  token: string
  keyIds: string[]
  prefix: string
  perSecond: number
  batch: number
  seconds: number
}

/**
 * Times in ms. `worstSecond`: the fewest events acknowledged in any one second. `late`: how far behind its time a
 * batch left.
 */
export type Loaded = {
  acknowledged: number
  seconds: number
  worstSecond: number
  late: number
  ackP50: number
  ackP99: number
}

const CONNECTIONS = 32

async function load(orders: LoadOrders): Promise<Loaded> {
  const { keyIds, prefix, perSecond, batch, seconds } = orders
  const sender = createSender(orders.url, orders.token, CONNECTIONS)
  const count = Math.round((seconds * perSecond) / batch)
  const perBatch = (batch / perSecond) * 1_000
  const took: number[] = []
  const bySecond = new Array<number>(seconds).fill(0)
  const start = performance.now()
  let late = 0
  let last = start
  const sent: Promise<void>[] = []
  for (let index = 0; index < count; index++) {
    const due = start + index * perBatch
    const wait = due - performance.now()
    if (wait > 0) await delay(wait)
    late = Math.max(late, performance.now() - due)
    const at = new Date().toISOString()
    const events = Array.from({ length: batch }, (_, place) => ({
      id: `${prefix}-${index}-${place}`,
      at,
      keyId: keyIds[(index * batch + place) % keyIds.length],
      status: place % 20 === 0 ? 404 : 200,
      latencyMs: randomLatency(),
      ip: `203.0.113.${place % 4}`,
      endpoint: `/templates/${String.fromCharCode(97 + (place % 5))}/image`,
      method: 'POST',
    }))
    const [body] = bodiesOf(events, batch)
    if (!body) continue
    const sentAt = performance.now()
    const one = sender.send(body).then(() => {
      last = performance.now()
      took.push(last - sentAt)
      const second = Math.floor((last - start) / 1_000)
      if (second < seconds) bySecond[second] = (bySecond[second] ?? 0) + batch
    })
    sent.push(one)
  }
  await Promise.all(sent)
  sender.close()
  return {
    acknowledged: count * batch,
    seconds: (last - start) / 1_000,
    // The first and the last one are not whole: an answer comes after its batch.
    worstSecond: Math.min(...bySecond.slice(1, -1)),
    late,
    ackP50: percentile(took, 0.5),
    ackP99: percentile(took, 0.99),
  }
}

const [orders] = await once(process, 'message')
process.send?.(await load(orders))
process.disconnect?.()
