import type { Random } from '../../test/support/random.ts'

/** Slots of ten minutes: the grain of a trace. */
export const SLOTS_PER_HOUR = 6
export const HISTORY_DAYS = 35
export const TEST_DAYS = 7
const SLOTS_PER_DAY = 24 * SLOTS_PER_HOUR

export const KINDS = ['office', 'steady', 'nightly job', 'evening', 'bursty', 'growing'] as const
export type Kind = (typeof KINDS)[number]

export const ABUSES = ['spike', 'errors', 'night', 'network'] as const
export type Abuse = (typeof ABUSES)[number]

/** What a key did in ten minutes: requests, those of them that were 4xx, and refused ones beside them. */
export type Slot = { requests: number; clientErrors: number; refused: number; networks: number[] }

/** A key's traffic from a Monday 00:00 on, and what of it is abuse: slots from `from` on and before `to`. */
export type Trace = {
  kind: Kind
  slots: Slot[]
  abuses: { abuse: Abuse; from: number; to: number }[]
}

/** Expected requests an hour at a time of the week, as a share of the key's size. */
function shape(kind: Kind, day: number, hour: number, random: Random): number {
  const isWeekend = day % 7 >= 5
  const bell = (middle: number, width: number) => Math.exp(-(((hour - middle) / width) ** 2))
  if (kind === 'office') return isWeekend ? 0.02 * bell(13, 3) : bell(11, 2.5) + bell(15, 2.5)
  if (kind === 'steady') return 0.8 + 0.2 * bell(14, 6)
  if (kind === 'nightly job') return hour === 3 ? 4 : 0
  if (kind === 'evening') return bell(20, 2.5) * (isWeekend ? 1.6 : 1)
  // One hour in fifteen has several times as much, at any time.
  if (kind === 'bursty') return random.chance(1 / 15) ? random.between(2, 5) : 0.5
  return (0.4 + 0.6 * bell(14, 6)) * 1.02 ** day
}

/** Knuth's for small means, the normal approximation above. */
function poisson(mean: number, random: Random): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal))
  }
  let product = random.next()
  let count = 0
  for (const bound = Math.exp(-mean); product > bound; count++) product *= random.next()
  return count
}

const times = (count: number, share: number, random: Random) => poisson(count * share, random)

/**
 * Five weeks of history and one of test. Every hour is off by a log-normal factor; a release doubles the 4xx of some
 * days.
 */
export function makeTrace(random: Random, kind: Kind, abusive: boolean): Trace {
  const size = random.logNormal(150, 1)
  const badShare = random.pick([0.002, 0.01, 0.03])
  const home = Array.from({ length: random.between(1, 3) }, () => random.between(1, 1e6))
  const slots: Slot[] = []
  for (let day = 0; day < HISTORY_DAYS + TEST_DAYS; day++) {
    const dayFactor = random.logNormal(1, 0.15)
    const errorFactor = random.chance(0.05) ? 2 : 1
    // The provider assigns a new address: one network in a hundred days.
    if (random.chance(0.01)) home[0] = random.between(1, 1e6)
    for (let hour = 0; hour < 24; hour++) {
      const mean = size * shape(kind, day, hour, random) * dayFactor * random.logNormal(1, 0.2)
      for (let slot = 0; slot < SLOTS_PER_HOUR; slot++) {
        const requests = poisson(mean / SLOTS_PER_HOUR, random)
        const clientErrors = Math.min(requests, times(requests, badShare * errorFactor, random))
        const networks = requests > 0 ? [random.pick(home)] : []
        slots.push({ requests, clientErrors, refused: times(requests, 0.002, random), networks })
      }
    }
  }
  const trace: Trace = { kind, slots, abuses: [] }
  if (abusive) for (const abuse of ABUSES) misuse(trace, abuse, size, random)
  return trace
}

/** One episode of each kind, each on a day of its own. */
function misuse({ kind, slots, abuses }: Trace, abuse: Abuse, size: number, random: Random): void {
  const day = HISTORY_DAYS + ABUSES.indexOf(abuse)
  // Who steals a key does not look at the clock; use by night is by night.
  const hour = abuse === 'night' ? random.between(1, 3) : random.between(8, 18)
  const from = day * SLOTS_PER_DAY + hour * SLOTS_PER_HOUR
  const to = from + random.between(1, 3) * SLOTS_PER_HOUR
  if (abuse === 'night' && kind !== 'office' && kind !== 'evening') return
  for (let index = from; index < to; index++) {
    const slot = slots[index]
    if (!slot) continue
    const usual = size / SLOTS_PER_HOUR
    if (abuse === 'spike') slot.requests += poisson(Math.max(usual * random.between(4, 20), 40), random)
    if (abuse === 'errors') slot.refused += poisson(Math.max(usual * 0.5, 8), random)
    if (abuse === 'night') slot.requests += poisson(Math.max(usual * 0.3, 5), random)
    if (abuse === 'network') {
      slot.requests += 1
      slot.networks.push(random.between(1e6, 2e6))
    }
  }
  abuses.push({ abuse, from, to })
}
