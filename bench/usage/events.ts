import { KNOWS_ENDPOINT, KNOWS_IP, newRequestId } from '../../src/domain/metering/requestId.ts'

const ENDPOINTS = 20
const ADDRESSES = 500
const TEN_MINUTES = 600_000

/** An event as `POST /usage/events` takes it. */
export type UsageEvent = {
  id: string
  at: string
  keyId: string
  status: number
  latencyMs: number
  requestId?: string
  ip: string
  endpoint: string
  method: string
}

export type EventOptions = {
  /** Starts every id: a run's own. */
  prefix: string
  keyIds: string[]
  /** Unix ms; events lie in the time before, by default ten minutes. */
  now: number
  withinMs?: number
  /** How many of the addresses call any one key: by default all. */
  addressesOfKey?: number
  /** Each event completes a verification that has address and endpoint already. */
  completing?: boolean
}

/**
 * Events with keys, times, addresses, endpoints, statuses and latencies that differ from each other as traffic's do.
 */
export function makeEvents(
  count: number,
  {
    prefix,
    keyIds,
    now,
    withinMs = TEN_MINUTES,
    addressesOfKey = ADDRESSES,
    completing = false,
  }: EventOptions,
): UsageEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const at = now - Math.floor(Math.random() * withinMs)
    const key = Math.floor(Math.random() * keyIds.length)
    const address = (key * 7 + Math.floor(Math.random() * addressesOfKey)) % ADDRESSES
    const endpoint = Math.floor(Math.random() * ENDPOINTS)
    return {
      id: `${prefix}-${index}`,
      at: new Date(at).toISOString(),
      keyId: keyIds[key] ?? '',
      status: randomStatus(),
      latencyMs: randomLatency(),
      ...(completing ? { requestId: newRequestId(at, true, KNOWS_IP + KNOWS_ENDPOINT) } : {}),
      ip: `203.0.${address >> 8}.${address & 255}`,
      endpoint: `/templates/${String.fromCharCode(97 + endpoint)}/image`,
      method: endpoint % 3 === 0 ? 'GET' : 'POST',
    }
  })
}

function randomStatus(): number {
  const draw = Math.random()
  if (draw < 0.92) return 200
  return draw < 0.97 ? 404 : 503
}

/**
 * Log-normal around 80 ms, to the microsecond; with a `spread` of 0.8 most lie between 20 and 300 ms, a few over a
 * second.
 */
export function randomLatency(spread = 0.8): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  return Math.round(80_000 * Math.exp(spread * normal)) / 1000
}
