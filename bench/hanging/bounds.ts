import { apiPools } from '../../src/platform/pools.ts'
import { ANSWER_MS } from '../../src/platform/postgres.ts'
import { STATE_WAIT_MS } from '../../src/verifier/StateLoader.ts'

/** While Redis is away a verification is refused within this (docs/guarantees.md, 11). */
export const REFUSED_MS = 1_000

/** What a measurement may have beyond a bound: timers, connections on loopback, a machine that does other work, too. */
export const MARGIN_MS = 500

const pools = apiPools({ DATABASE_CONNECTIONS: 20, DATABASE_TIMEOUT_MS: 10_000 })
type Pool = (typeof pools)['reads']

/** While Postgres hangs a call waits for a connection or for an answer, and fails then. */
const longestWait = ({ connectMs = 0, statementMs = 0 }: Pool) => Math.max(connectMs, statementMs + ANSWER_MS)

/** In ms, of calls that need Postgres while it hangs, as in docs/operating.md. */
export const BOUNDS = {
  // The region answers at once.
  unknownKey: STATE_WAIT_MS,
  read: longestWait(pools.reads),
  command: longestWait(pools.changes),
}
