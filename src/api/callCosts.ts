import type { ApiPool } from '../platform/pools.ts'
import type { CallKind } from './CallLimits.ts'

/** What a route declares, as far as it matters here. */
type Declared = { method: string; pool?: ApiPool; calls?: CallKind; file?: object }

/**
 * What a call counts as. A change is a row, a job and an event: five times a read, as in GitHub's REST API
 * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api, secondary limits). A stream may read
 * a year of usage. What ends a key or a credential counts as little as can be.
 */
const COSTS = { read: 1, change: 5, stream: 10, ending: 1 }

/** The connections to Postgres that a route uses. */
export const poolOf = ({ pool, method }: Declared): ApiPool =>
  pool ?? (method === 'get' ? 'reads' : 'changes')

/** What a call counts as, in calls. */
export function costOf(spec: Declared): number {
  if (spec.calls === 'endings') return COSTS.ending
  if (poolOf(spec) === 'streams') return COSTS.stream
  return spec.method === 'get' ? COSTS.read : COSTS.change
}

/** From which budgets a call takes. */
export function kindsOf(spec: Declared): CallKind[] {
  const { calls = 'calls' } = spec
  return calls === 'calls' && poolOf(spec) === 'changes' ? ['calls', 'changes'] : [calls]
}

/** What is read or written by the thousand counts by its size, too, once that is known. */
export const isBulk = (spec: Declared): boolean => poolOf(spec) === 'streams' || spec.file !== undefined
