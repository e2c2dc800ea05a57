import type { StoredRule } from './ruleFields.ts'
import { type AlertState, type Reading, restingState, stepAlert } from './stepAlert.ts'

/** What a rule would have read as of an instant, Unix ms. */
export type Sample = { at: number; reading: Reading }

type ReplayedIncident = {
  startedAt: string
  resolvedAt: string | null
  measured: number | null
  worst: number | null
  notifications: number
}

export type ReplayedPoint = {
  at: string
  value: number | null
  threshold: number | null
  state: AlertState['state']
}

const iso = (at: number) => new Date(at).toISOString()
const RANK = { ok: 0, pending: 1, firing: 2 }

/**
 * Pure: the state machine of every minute, over the past, oldest sample first. One point stands for all samples of a
 * stretch of `pointMs`: as of its last one, with its highest value (of days until an expiry the lowest) and worst
 * state.
 */
export function replay(rule: StoredRule, samples: Iterable<Sample>, pointMs: number) {
  const timing = {
    forMinutes: rule.forMinutes,
    repeatMinutes: rule.repeatMinutes,
    notifyRecovery: rule.options.notifyRecovery ?? true,
    mutedUntil: null,
  }
  const worseOf = rule.metric === 'key_expiring' ? Math.min : Math.max
  const worse = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : worseOf(a, b))
  const incidents: ReplayedIncident[] = []
  const points = new Map<number, Omit<ReplayedPoint, 'at'> & { at: number }>()
  let state = restingState(0)
  for (const { at, reading } of samples) {
    const next = stepAlert(timing, state, reading, at)
    state = next.state
    const { value, threshold } = reading
    for (const event of next.events) {
      if (event.type === 'fired')
        incidents.push({
          startedAt: iso(at),
          resolvedAt: null,
          measured: value,
          worst: value,
          notifications: 0,
        })
      const open = incidents.at(-1)
      if (!open) continue
      if (event.notify) open.notifications += 1
      if (event.type === 'resolved') open.resolvedAt = iso(at)
    }
    const open = incidents.at(-1)
    if (open && open.resolvedAt === null) open.worst = worse(open.worst, value)
    const stretch = Math.floor((at - 1) / pointMs)
    const before = points.get(stretch)
    const worst = before && RANK[before.state] > RANK[state.state] ? before.state : state.state
    points.set(stretch, {
      at,
      value: worse(before?.value ?? null, value),
      threshold: threshold ?? before?.threshold ?? null,
      state: worst,
    })
  }
  return { incidents, points: [...points.values()].map((point) => ({ ...point, at: iso(point.at) })) }
}
