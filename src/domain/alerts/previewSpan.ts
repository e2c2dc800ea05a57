import { HOUR_MS, MINUTE_MS, MINUTES_KEPT_MS, WEEK_MS } from '../time.ts'

/** The past seven days, Unix ms: by the hour before `edge`, by the minute from there on. */
export type Span = { from: number; edge: number; to: number }

export function spanUntil(now: Date): Span {
  const to = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS
  return {
    from: Math.ceil((to - WEEK_MS) / HOUR_MS) * HOUR_MS,
    edge: Math.ceil((to - MINUTES_KEPT_MS) / HOUR_MS) * HOUR_MS + HOUR_MS,
    to,
  }
}

/** The instants as of which a rule is run. `byMinutes: false`: each whole hour only. */
export function* instantsOf({ from, edge, to }: Span, { byMinutes = true } = {}): Generator<number> {
  for (let at = from + HOUR_MS; at <= to; at += byMinutes && at >= edge ? MINUTE_MS : HOUR_MS) yield at
}

/** Points of an answer, all its series together: what a chart can show. */
const MAX_POINTS = 700
const STEPS = [5, 10, 15, 30, 60, 120, 180, 360].map((minutes) => minutes * MINUTE_MS)

/** For how long one point of a series stands, in ms, so that so many series have at most 700 points. */
export function pointMsFor(series: number, { from, edge, to }: Span): number {
  const points = (step: number) => (edge - from) / Math.max(step, HOUR_MS) + (to - edge) / step + 2
  return STEPS.find((step) => series * points(step) <= MAX_POINTS) ?? 360 * MINUTE_MS
}
