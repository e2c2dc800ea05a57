import { CALM, type Reading } from './stepAlert.ts'

/** What makes the median absolute deviation of a normal distribution comparable with its σ. */
const MAD_TO_SIGMA = 1.4826

const SPIKE = {
  z: 6,
  minRequests: 100,
  minRatio: 2,
  overHigh: 2,
  highShare: 0.01,
  minSamples: 9,
  alpha: 0.1,
  minHours: 24,
} as const

/** What an hour usually has: its middle, how far it strays, and what the high ones of the last four weeks had. */
export type Baseline = {
  centre: number
  spread: number
  high: number
  samples: number
  by: 'hour of week' | 'recent hours'
}

const median = (sorted: number[]): number => {
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
const ascending = (values: number[]) => values.toSorted((a, b) => a - b)

/**
 * The 99th percentile: of four weeks the seventh highest hour, so that one misuse does not hide the next; of days the
 * highest.
 */
const highOf = (hours: number[]) =>
  ascending(hours)[hours.length - Math.max(1, Math.ceil(hours.length * SPIKE.highShare))] ?? 0

/**
 * The usual requests of an hour. With enough history: median and MAD of the same hour of the week and its two
 * neighbours in the last four weeks (B. Iglewicz, D. Hoaglin, "How to detect and handle outliers", ASQC 1993: the
 * modified z-score). Before that: mean and variance of the recent hours, weighted exponentially (NIST/SEMATECH
 * e-Handbook of Statistical Methods, 6.3.2.4, EWMA control charts), α = 0.1, once there are 24. Neither: undefined,
 * it is still learning.
 */
export function baselineOf(sameHours: number[], recentHours: number[]): Baseline | undefined {
  const high = Math.max(0, ...sameHours, highOf(recentHours))
  if (sameHours.length >= SPIKE.minSamples) {
    const centre = median(ascending(sameHours))
    const mad = median(ascending(sameHours.map((value) => Math.abs(value - centre))))
    return { centre, spread: MAD_TO_SIGMA * mad, high, samples: sameHours.length, by: 'hour of week' }
  }
  if (recentHours.length < SPIKE.minHours) return undefined
  let centre = recentHours[0] ?? 0
  let variance = 0
  for (const value of recentHours.slice(1)) {
    const difference = value - centre
    centre += SPIKE.alpha * difference
    variance = (1 - SPIKE.alpha) * (variance + SPIKE.alpha * difference ** 2)
  }
  return { centre, spread: Math.sqrt(variance), high, samples: recentHours.length, by: 'recent hours' }
}

/**
 * Usage spike: the last 60 minutes are more than 6 spreads above the usual, at least twice the usual, twice what the
 * high hours had (a job that runs every night or every week is no spike, nor are bursts, once there were some), and
 * at least 100 requests. The spread is at least √centre (Poisson), a tenth of the centre, and 1: a key that is always
 * the same must not alarm at one request more.
 */
export function usageSpike(requests: number, baseline: Baseline | undefined): Reading {
  if (!baseline) return CALM
  const { centre } = baseline
  const spread = Math.max(baseline.spread, Math.sqrt(centre), centre / 10, 1)
  const threshold = Math.max(
    SPIKE.minRequests,
    SPIKE.minRatio * centre,
    SPIKE.overHigh * baseline.high,
    centre + SPIKE.z * spread,
  )
  const z = (requests - centre) / spread
  return {
    value: requests,
    threshold: Math.round(threshold),
    breached: requests > threshold,
    calm: requests <= 0.9 * threshold,
    about: { z: Math.round(z * 10) / 10, usual: Math.round(centre), by: baseline.by },
  }
}

const ERRORS = { z: 8, minBad: 20, minRise: 0.05, minRatio: 2, minBaseline: 200 } as const

/** Outcomes by kind (`4xx`, and refusals by their code) of `asked` requests, refused ones among them. */
export type Mix = { asked: number; bad: Record<string, number> }

/**
 * Unusual errors: of some kind there is a larger share now than in the seven days before. The two-proportion z-test
 * with pooled variance (NIST/SEMATECH e-Handbook, 7.3.3). z > 8, not 4 or 5, for several kinds are looked at twice a
 * minute, and requests are not independent; and floors: at least 20 of the kind, a share that is 5 points and twice
 * above the former. Both shares are smoothed with one outcome in 100 (an "add-one" prior), so that a kind that is new
 * has a finite z.
 */
export function unusualErrors(now: Mix, before: Mix): Reading {
  if (before.asked < ERRORS.minBaseline) return CALM
  let worst: Reading | undefined
  for (const [kind, bad] of Object.entries(now.bad)) {
    const usual = ((before.bad[kind] ?? 0) + 1) / (before.asked + 100)
    const share = now.asked === 0 ? 0 : bad / now.asked
    const pooled = (bad + (before.bad[kind] ?? 0) + 1) / (now.asked + before.asked + 100)
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / Math.max(now.asked, 1) + 1 / (before.asked + 100)))
    const z = error === 0 ? 0 : (share - usual) / error
    const floor = Math.max(usual + ERRORS.minRise, usual * ERRORS.minRatio)
    const reading: Reading = {
      value: Math.round(share * 1_000) / 10,
      threshold: Math.round(floor * 1_000) / 10,
      breached: bad >= ERRORS.minBad && share > floor && z > ERRORS.z,
      calm: share <= 0.9 * floor,
      about: { kind, z: Math.round(z * 10) / 10, usual: Math.round(usual * 1_000) / 10 },
    }
    const worse = !worst || (reading.breached && !worst.breached)
    if (worse || (reading.breached === worst?.breached && (reading.value ?? 0) > (worst?.value ?? 0)))
      worst = reading
  }
  return worst ? { ...worst, calm: worst.calm && !worst.breached } : CALM
}

export const HOURS = {
  minRequests: 10,
  minDays: 21,
  minHistory: 100,
  maxShare: 0.001,
  maxActive: 0.8,
} as const

/**
 * What a key did in four weeks, and what of it in this hour of the week and its neighbours. `active`: share of its
 * hours.
 */
export type HoursHistory = { days: number; requests: number; sameHours: number; active: number }

/**
 * Unusual hours: at least 10 requests in the last 60 minutes, at a time of the week (the hour and its two neighbours)
 * that had less than a thousandth of four weeks' requests, and more of them than those four weeks had at this time
 * together. A key is judged from 21 days of history and 100 requests on, and not if it is used around the clock (in
 * more than 80 % of the hours of the week). The empirical distribution stands for itself; the neighbours smooth it as
 * a kernel of one hour would.
 */
export function unusualHours(requests: number, history: HoursHistory): Reading {
  const { days, requests: all, sameHours, active } = history
  if (days < HOURS.minDays || all < HOURS.minHistory || active > HOURS.maxActive) return CALM
  const usual = sameHours / all
  const breached = requests >= HOURS.minRequests && requests > sameHours && usual < HOURS.maxShare
  return {
    value: requests,
    threshold: HOURS.minRequests,
    breached,
    calm: !breached,
    about: { usualShare: usual },
  }
}

export const UNKNOWN_IP = { learningDays: 7, maxNetworks: 50 } as const
