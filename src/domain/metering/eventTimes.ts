import { DAYS_KEPT_MS, HOUR_MS, HOURS_KEPT_MS } from '../time.ts'

/** How far ahead of the service's clock a reporter's may be. */
export const AHEAD_MS = 5 * 60_000

/** How far the clocks of the service's own processes may differ. */
const SKEW_MS = HOUR_MS

/** Why a time cannot be reported now, or undefined if it can. */
export function timeFault(at: number, now: number): string | undefined {
  if (at < now - HOURS_KEPT_MS) return 'is more than 35 days ago'
  if (at > now + AHEAD_MS) return 'is more than 5 minutes ahead'
  return undefined
}

/**
 * Whether an accepted report may be counted at its request's time: it may have waited long, but nothing is kept from
 * before 400 days, and nothing has happened in the future. Where this is false, an older release has accepted it
 * unseen.
 */
export const canBeCounted = (at: number, now: number): boolean =>
  at >= now - DAYS_KEPT_MS && at <= now + SKEW_MS
