/** Lengths of time in ms. Numbers, so that the build writes them where they are used, and makes no file of them. */
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000
