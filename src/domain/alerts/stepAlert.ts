import { MINUTE_MS } from '../time.ts'

/** The longest that calm must last before an incident ends, however long the rule's `for` is. */
const MAX_CALM_MINUTES = 10

/**
 * What was measured, and what it means. Between `breached` and `calm` lies the hysteresis: neither starts nor ends
 * anything. `threshold` is what the value was held against: a detector's own, where the rule has none.
 */
export type Reading = {
  value: number | null
  threshold: number | null
  breached: boolean
  calm: boolean
  /** What a detector has to say beside a number. */
  about?: Record<string, unknown>
  /** What it wants to find again at the next evaluation, in its state. */
  remember?: Record<string, unknown>
}

/** Nothing was measured, or there is nothing to measure yet. */
export const CALM: Reading = { value: null, threshold: null, breached: false, calm: true }

/** What a rule's states remember, by key; the account's under the empty name. */
export type Memories = Map<string, Record<string, unknown>>

/** The state of a rule at one key, or at the account. Times in Unix ms. */
export type AlertState = {
  state: 'ok' | 'pending' | 'firing'
  /** Since when it is in this state. */
  since: number
  /** While it fires: when `alert.firing` was sent last; null while its receivers know of no open incident. */
  notifiedAt: number | null
  /** How often it was sent. */
  turn: number
  /** While it fires: since when it has been calm. */
  calmSince: number | null
  /** When the condition of the current incident began. */
  brokenSince: number | null
}

export type RuleTiming = {
  forMinutes: number
  repeatMinutes: number | null
  notifyRecovery: boolean
  mutedUntil: number | null
}

/** `fired` and `resolved` begin and end an incident. `notify`: send notifications. */
export type AlertEvent =
  | { type: 'fired'; notify: boolean; turn: number; since: number }
  | { type: 'repeated'; notify: true; turn: number; since: number }
  | { type: 'resolved'; notify: boolean; turn: number; since: number }

export const restingState = (now: number): AlertState => ({
  state: 'ok',
  since: now,
  notifiedAt: null,
  turn: 0,
  calmSince: null,
  brokenSince: null,
})

/**
 * A reading held against a fixed threshold: over it breaches, at or below nine tenths of it is calm. No value is
 * calm.
 */
export function overThreshold(value: number | null, threshold: number, { reached = false } = {}): Reading {
  const breached = value !== null && (reached ? value >= threshold : value > threshold)
  return { value, threshold, breached, calm: value === null || (!breached && value <= 0.9 * threshold) }
}

/** How many minutes of calm end an incident: as many as begin it, but at least 1 and at most 10. */
const calmMinutes = ({ forMinutes }: Pick<RuleTiming, 'forMinutes'>) =>
  Math.min(Math.max(forMinutes, 1), MAX_CALM_MINUTES)

/**
 * One evaluation of one state. Modelled on Prometheus's alerting rules
 * (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/): a breach is pending for `for` minutes,
 * then fires; `calmMinutes` is its `keep_firing_for`, with a band of hysteresis below the threshold.
 *
 * An incident is sent once when it fires (after the mute, if the rule is muted then), again after each repeat
 * interval, and once when it ends, if its beginning was sent. Pure: `now` is the minute as of which is measured.
 */
export function stepAlert(
  rule: RuleTiming,
  before: AlertState,
  reading: Reading,
  now: number,
): { state: AlertState; events: AlertEvent[] } {
  if (before.state === 'firing') return stepFiring(rule, before, reading, now)
  if (!reading.breached) {
    return { state: before.state === 'ok' ? before : restingState(now), events: [] }
  }
  const since = before.state === 'pending' ? before.since : now
  if (now - since < rule.forMinutes * MINUTE_MS) {
    return { state: { ...restingState(since), state: 'pending', brokenSince: since }, events: [] }
  }
  const notify = !isMuted(rule, now)
  return {
    state: {
      state: 'firing',
      since: now,
      notifiedAt: notify ? now : null,
      turn: notify ? 1 : 0,
      calmSince: null,
      brokenSince: since,
    },
    events: [{ type: 'fired', notify, turn: 0, since }],
  }
}

const isMuted = ({ mutedUntil }: RuleTiming, now: number) => mutedUntil !== null && now < mutedUntil

function stepFiring(rule: RuleTiming, before: AlertState, reading: Reading, now: number) {
  const since = before.brokenSince ?? before.since
  const calmSince = reading.calm ? (before.calmSince ?? now) : null
  if (calmSince !== null && now - calmSince >= calmMinutes(rule) * MINUTE_MS) {
    // Whoever received the beginning receives the end, during a mute, too; nobody else does.
    const notify = rule.notifyRecovery && before.notifiedAt !== null
    return {
      state: restingState(now),
      events: [{ type: 'resolved', notify, turn: before.turn, since } satisfies AlertEvent],
    }
  }
  const state = { ...before, calmSince }
  if (!reading.breached || isMuted(rule, now) || !isDue(rule, before, now)) return { state, events: [] }
  return {
    state: { ...state, notifiedAt: now, turn: before.turn + 1 },
    events: [{ type: 'repeated', notify: true, turn: before.turn, since } satisfies AlertEvent],
  }
}

/** An incident that began while the rule was muted is sent when the mute ends. */
function isDue({ repeatMinutes }: RuleTiming, { notifiedAt }: AlertState, now: number): boolean {
  if (notifiedAt === null) return true
  return repeatMinutes !== null && now - notifiedAt >= repeatMinutes * MINUTE_MS
}
