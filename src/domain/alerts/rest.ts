import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { DAY_MS, MINUTE_MS } from '../time.ts'
import { type AlertRule, isWindowed } from './AlertRule.ts'
import type { AlertState, Reading } from './stepAlert.ts'

/** The last suspension of an account that is over, during which its rules rested. Unix ms; zeros: there was none. */
export type Rest = { from: number; to: number }

const NO_REST: Rest = { from: 0, to: 0 }

/** How the rules of an account rested last; undefined: they rest now, or there is no such account. */
export async function readRest(em: SqlEntityManager, accountId: string): Promise<Rest | undefined> {
  const [row] = await em.execute<{ now: boolean; from: string | null; to: string | null }[]>(
    `select suspended_at is not null as now, last_suspended_at as from, last_resumed_at as to
     from account where id = ?`,
    [accountId],
  )
  if (!row || row.now) return undefined
  if (row.from === null || row.to === null) return NO_REST
  return { from: new Date(row.from).getTime(), to: new Date(row.to).getTime() }
}

/** What is usual is learned from here on: after a day without usage the weeks before say little of the next one. */
export const learnsFrom = ({ from, to }: Rest): number => (to - from < DAY_MS ? 0 : to)

/** How far back a rule looks that counts what happened; 0: it does not. */
function lookBackMs({ metric, windowMinutes }: Pick<AlertRule, 'metric' | 'windowMinutes'>): number {
  if (metric === 'usage_spike' || metric === 'unusual_hours') return 60 * MINUTE_MS
  return isWindowed(metric) || metric === 'unusual_errors' ? windowMinutes * MINUTE_MS : 0
}

/**
 * A reading as of `at`. While the window still has a part of the suspension in it, silence means nothing: an incident
 * may begin, but none ends.
 */
export function wakeReading(
  rule: Pick<AlertRule, 'metric' | 'windowMinutes'>,
  reading: Reading,
  { to }: Rest,
  at: number,
): Reading {
  return reading.calm && at < to + lookBackMs(rule) ? { ...reading, calm: false } : reading
}

/** A state from before the suspension: what had to last begins again. An incident stays open. */
export function wakeState<State extends AlertState>(state: State, { to }: Rest): State {
  if (state.state === 'pending' && state.since < to)
    return { ...state, state: 'ok', since: to, brokenSince: null }
  if (state.calmSince !== null && state.calmSince < to) return { ...state, calmSince: null }
  return state
}
