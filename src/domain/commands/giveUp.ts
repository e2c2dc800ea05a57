import { HOUR_MS } from '../time.ts'
/**
 * Why a command's transaction failed, as far as that matters here. `refused`: Postgres or our own code refuses its
 * content, and will again. `away`: it could not be tried, because something it needs did not answer. `unclear`:
 * neither is certain.
 */
export type Fault = 'refused' | 'away' | 'unclear'

/** A content that was refused this often is refused for good: once could have been a race with another command. */
const REFUSALS = 5
/** A fault that nobody foresaw must last this long, over this many tries. */
export const UNCLEAR_HOURS = 24
const UNCLEAR_TRIES = 20

/** What is known of a command's failed tries. Those in which something was away are not among them. */
export type FailedTries = { tries: number; since: Date }

/**
 * Whether a command that failed again ends here. It never does because something was away: then it is tried until it
 * is back.
 */
export function isHopeless(fault: Fault, failed: FailedTries, now: Date): boolean {
  if (fault === 'away') return false
  if (fault === 'refused') return failed.tries >= REFUSALS
  const hours = (now.getTime() - failed.since.getTime()) / HOUR_MS
  return failed.tries >= UNCLEAR_TRIES && hours >= UNCLEAR_HOURS
}
