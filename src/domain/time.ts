/** Lengths of time in ms. Days are of 24 hours: the service counts in UTC. */
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
export const WEEK_MS = 7 * DAY_MS

/** How long minutes are kept as rows of their own; then they are folded into a list per hour. */
export const MINUTES_KEPT_MS = 48 * HOUR_MS

/** How far back events may be reported; hours and folded minutes are kept as long. */
export const HOURS_KEPT_MS = 35 * DAY_MS

export const DAYS_KEPT_MS = 400 * DAY_MS
