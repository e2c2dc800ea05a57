import { DAY_MS as DAY } from '../../src/domain/time.ts'
import { createRandom } from '../support/random.ts'

/** How much a key is used: requests on a working day, and the median latency in ms. */
export type Traffic = { perDay: number; median: number }

type Event = {
  id: string
  at: string
  keyId: string
  status: number
  latencyMs: number
  ip: string
  endpoint: string
  method: string
}

const DAYS = 30
const ENDPOINTS = ['/image', '/image', '/image', '/gif', '/pdf']
const CLIENT_ERRORS = [400, 404, 422, 429]

/**
 * Thirty days of one key: busy by day, quiet at night and on Sundays, a little more each week. The same seed, the
 * same days.
 */
export function trafficOf(keyId: string, { perDay, median }: Traffic, seed: number, now: number): Event[] {
  const random = createRandom(seed)
  const events: Event[] = []
  for (let day = DAYS - 1; day >= 0; day--) {
    const start = now - (day + 1) * DAY
    const weekday = new Date(start + DAY / 2).getUTCDay()
    const share = weekday === 0 ? 0.6 : weekday === 6 ? 0.7 : 1
    const count = Math.round(perDay * share * (0.85 + random.next() * 0.3) * (1 + (DAYS - day) / 100))
    for (let index = 0; index < count; index++) {
      const at = start + random.next() * DAY
      const hour = (at % DAY) / 3_600_000
      // By day more than by night: what does not fit is drawn again, once.
      const isQuiet = random.next() > 0.35 + 0.65 * Math.max(0, Math.sin(((hour - 5) / 14) * Math.PI))
      const instant = isQuiet ? start + random.next() * DAY : at
      const status = random.chance(0.006) ? 500 : random.chance(0.018) ? random.pick(CLIENT_ERRORS) : 200
      events.push(eventOf(keyId, instant, status, random.logNormal(median, 0.45), random, events.length))
    }
  }
  return events
}

/** The last thirteen minutes of a key that begins to fail. */
export function recentTrouble(keyId: string, now: number): Event[] {
  const random = createRandom(99)
  return Array.from({ length: 45 }, (_, index) => {
    const status = random.chance(0.3) ? 502 : 200
    return eventOf(
      keyId,
      now - random.next() * 780_000,
      status,
      random.logNormal(700, 0.5),
      random,
      1e6 + index,
    )
  })
}

function eventOf(
  keyId: string,
  at: number,
  status: number,
  latencyMs: number,
  random: ReturnType<typeof createRandom>,
  index: number,
): Event {
  return {
    id: `${keyId}-${index}`,
    at: new Date(at).toISOString(),
    keyId,
    status,
    latencyMs: Math.round(latencyMs),
    ip: `203.0.113.${random.between(10, 15)}`,
    endpoint: random.pick(ENDPOINTS),
    method: 'POST',
  }
}
