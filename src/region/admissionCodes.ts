/**
 * What the admission script decides about a request; `scripts.ts` hands these to admit.lua by name. `STALE`: read the
 * state again.
 */
export const ADMIT = 0
export const STALE = 1
export const PER_MINUTE = 2
export const PER_DAY = 3
export const QUOTA = 4
export const MONTH = 5
export const EXPIRED = 6
export const REVOKED = 7
export const FORBIDDEN = 8
export const IP_NOT_ALLOWED = 9
export const DELETED = 10
/** Asks for the key's state alone: nothing is counted but its last use. */
export const AUTHENTICATE = 20
/** Of a request whose Idempotency-Key was there before: it gets the first decision; or it is another request. */
export const REPEATED = 30
export const CONFLICT = 31
