/**
 * What the admission script decides about a request. This file holds nothing but these numbers: `scripts.ts` hands all
 * of them to the scripts, under the same names. They are stored in jobs and in Redis: a code never changes its meaning.
 */
export const ADMIT = 0
/** The verifier knows another version of the state: it reads the state again, and asks again. */
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
export const SUSPENDED = 11
/** Asks for the key's state alone: nothing is counted but its last use. */
export const AUTHENTICATE = 20
/** Of a request whose Idempotency-Key was there before: it gets the first decision; or it is another request. */
export const REPEATED = 30
export const CONFLICT = 31
