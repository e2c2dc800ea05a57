import type { EventReport } from '../../src/api/acceptEvents.ts'
import { DAY_MS as DAY, HOUR_MS as HOUR, MINUTE_MS as MINUTE } from '../../src/domain/time.ts'
import type { Random } from './random.ts'

/**
 * Ahead of the middle, the start of a month, that still is less than 5 minutes ahead of a sender who starts a minute
 * before it.
 */
const NEWEST_MS = 3.9 * MINUTE
const OLDEST_MS = 34.9 * DAY

export type Plan = {
  /** Each of another id. */
  events: EventReport[]
  /** To be sent while everything is failing, in this order or another; 1 to 1,000 events each, many of them again. */
  batches: EventReport[][]
  /** To be sent in the night after, when the day is closed: none of them was sent before. */
  night: EventReport[][]
  /** Some of `batches`, to be sent once everything was counted. */
  last: EventReport[][]
}

type PlanOptions = {
  random: Random
  /** Unix ms; times are spread around it. */
  middle: number
  keyIds: string[]
  /** How many are sent in all, and the share of them that are sent again. */
  sent: number
  again: number
  /** How many are kept for the night. */
  night: number
}

/** Events of every kind that is accepted, and the order in which they are sent. */
export function planUsage({ random, middle, keyIds, sent, again, night }: PlanOptions): Plan {
  const repeated = Math.floor(sent * again)
  const events = Array.from({ length: sent - repeated }, (_, index) => ({
    id: `event-${index}`,
    at: writeTime(random, timeAround(random, middle)),
    keyId: random.pick(keyIds),
    ...outcome(random),
    ...(random.chance(0.4) ? { units: random.between(0, 20) } : {}),
  }))
  const early = events.slice(night)
  // Of those sent again: a quarter in the same batch, a tenth at the very end, the others anywhere.
  const [same, late] = [Math.floor(repeated / 4), Math.floor(repeated / 10)]
  const anywhere = draw(random, early, repeated - same - late)
  const batches = cut(random, random.shuffle([...early, ...anywhere]))
  for (let left = same; left > 0; ) {
    const batch = random.pick(batches)
    if (batch.length >= 1_000) continue
    batch.splice(random.between(0, batch.length), 0, random.pick(batch))
    left -= 1
  }
  return {
    events,
    batches,
    night: cut(random, events.slice(0, night)),
    last: cut(random, draw(random, early, late)),
  }
}

/**
 * Reports that complete these requests, each under an id of its own, and some of them again: as they are, or under
 * another id.
 */
export function planReports(
  random: Random,
  verified: { requestId: string; keyId: string; at: number }[],
): { reports: EventReport[]; batches: EventReport[][] } {
  const reports = verified.map(({ requestId, keyId, at }) => ({
    id: `report-${requestId}`,
    at: new Date(at + random.between(0, 30_000)).toISOString(),
    keyId,
    requestId,
    ...outcome(random),
    units: random.between(0, 20),
  }))
  const repeated = draw(random, reports, Math.floor(reports.length * 0.2))
  const renamed = draw(random, reports, Math.floor(reports.length * 0.2)).map((report, index) => ({
    ...report,
    id: `${report.id}-${index}`,
  }))
  return { reports, batches: cut(random, random.shuffle([...reports, ...repeated, ...renamed])) }
}

/** Batches in which one event is too old or too far ahead, with its place: to be refused whole. */
export function planRefused(random: Random, middle: number, keyIds: string[]) {
  return [-36 * DAY, -35.2 * DAY, 20 * MINUTE, DAY].map((distance, index) => {
    const events = Array.from({ length: random.between(1, 50) }, (_, place) => ({
      id: `refused-${index}-${place}`,
      at: new Date(middle).toISOString(),
      keyId: random.pick(keyIds),
      status: 200,
    }))
    const place = random.between(0, events.length - 1)
    const bad = events[place]
    if (bad) bad.at = new Date(middle + distance).toISOString()
    return { events, place }
  })
}

function timeAround(random: Random, middle: number): number {
  const near = random.next()
  if (near < 0.35) return middle + random.between(-5 * MINUTE, NEWEST_MS)
  if (near < 0.5) return middle - random.between(0, 3 * HOUR)
  if (near < 0.65) return middle - random.between(0, 2 * DAY)
  if (near < 0.85) return middle - random.between(0, OLDEST_MS)
  // To the millisecond at the edges of minutes, of hours and days, and of the windows that end soon after.
  const edge = middle - random.pick([0, HOUR, DAY, DAY - HOUR, 2 * DAY, 7 * DAY, 30 * DAY, 31 * DAY])
  return Math.min(edge + random.between(-3, 4) * MINUTE + random.between(-1, 1), middle + NEWEST_MS)
}

/** In UTC or, the same instant, in another offset. */
function writeTime(random: Random, at: number): string {
  if (random.chance(0.8)) return new Date(at).toISOString()
  const hours = random.between(1, 12)
  const local = new Date(at + hours * HOUR).toISOString().slice(0, -1)
  return `${local}+${String(hours).padStart(2, '0')}:00`
}

function outcome(random: Random): Pick<EventReport, 'status' | 'latencyMs' | 'endpoint' | 'method' | 'ip'> {
  const luck = random.next()
  const statuses =
    luck < 0.8 ? [200, 201, 204, 304, 399] : luck < 0.93 ? [400, 404, 422, 429, 499] : [500, 502, 503]
  return {
    status: random.pick(statuses),
    ...(random.chance(0.85) ? { latencyMs: Math.round(random.logNormal(120, 1.2) * 1_000) / 1_000 } : {}),
    ...(random.chance(0.5)
      ? { endpoint: random.pick(['/image', '/pdf', '/v2/image?size=2']), method: 'POST' }
      : {}),
    ...(random.chance(0.2) ? { ip: `198.51.100.${random.between(1, 50)}` } : {}),
  }
}

function draw<Item>(random: Random, items: Item[], count: number): Item[] {
  return Array.from({ length: count }, () => random.pick(items))
}

/** Into batches of 1 to 1,000, small ones among them. */
function cut<Item>(random: Random, items: Item[]): Item[][] {
  const batches: Item[][] = []
  for (let start = 0; start < items.length; ) {
    const size = random.chance(0.2) ? random.between(1, 10) : random.between(1, 1_000)
    batches.push(items.slice(start, start + size))
    start += size
  }
  return batches
}
