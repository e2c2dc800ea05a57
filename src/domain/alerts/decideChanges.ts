import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type AlertRule, isDetector, isPerKey, isWindowed } from './AlertRule.ts'
import type { StoredState } from './alertStates.ts'
import { readDetector } from './readDetectors.ts'
import { readKeyDays } from './readKeyDays.ts'
import { readWindowRules } from './readMeasures.ts'
import { readPlanRules } from './readPlan.ts'
import { learnsFrom, type Rest, wakeReading, wakeState } from './rest.ts'
import { type AlertEvent, CALM, type Reading, restingState, stepAlert } from './stepAlert.ts'

/** Incidents that one rule begins in one evaluation; the other keys have to wait for the next. */
const MAX_NEW = 50

/** `beginningsOnly`: incidents may begin; nothing else changes. */
type Instant = { accountId: string; at: number; rest: Rest; beginningsOnly: boolean }

/** States of rules, by rule and key. */
type States = Map<string, Map<string, StoredState>>

/** What one evaluation makes of one state. */
export type Change = {
  rule: AlertRule
  before: StoredState
  after: StoredState
  reading: Reading
  events: AlertEvent[]
}

/** Reads what rules measure as of an instant, and decides what follows for each of their states. Writes nothing. */
export async function decideChanges(
  em: SqlEntityManager,
  instant: Instant,
  rules: AlertRule[],
  states: States,
): Promise<Change[]> {
  const readings = await readAll(em, instant, rules, states)
  return rules.flatMap((rule) =>
    changesOf(rule, readings.get(rule.id) ?? new Map(), states.get(rule.id) ?? new Map(), instant),
  )
}

async function readAll(
  em: SqlEntityManager,
  { accountId, at, rest }: Instant,
  rules: AlertRule[],
  states: States,
): Promise<Map<string, Map<string, Reading>>> {
  const windowed = rules.filter((rule) => isWindowed(rule.metric))
  const plans = rules.filter((rule) => rule.metric === 'plan_usage')
  const readings = new Map([
    ...(await readWindowRules(em, accountId, windowed, at)),
    ...(await readPlanRules(em, accountId, plans, at)),
  ])
  for (const rule of rules) {
    if (readings.has(rule.id)) continue
    const memories = new Map([...(states.get(rule.id) ?? [])].map(([key, one]) => [key, one.memory]))
    const read = isDetector(rule.metric)
      ? readDetector(em, rule, memories, at, learnsFrom(rest))
      : readKeyDays(em, rule, at, rest)
    readings.set(rule.id, await read)
  }
  return readings
}

/** What one evaluation makes of one rule: its keys, those that have a state, and always the state that says when. */
function changesOf(
  rule: AlertRule,
  readings: Map<string, Reading>,
  states: Map<string, StoredState>,
  { at, rest, beginningsOnly }: Instant,
): Change[] {
  const timing = {
    forMinutes: rule.forMinutes,
    repeatMinutes: rule.repeatMinutes ?? null,
    notifyRecovery: rule.options.notifyRecovery ?? true,
    mutedUntil: rule.mutedUntil?.getTime() ?? null,
  }
  let begun = 0
  return [...new Set(['', ...states.keys(), ...readings.keys()])].flatMap((keyId) => {
    const fresh = {
      ...restingState(at),
      ruleId: rule.id,
      keyId,
      incidentId: null,
      evaluatedAt: at,
      memory: {},
    }
    const before = wakeState(states.get(keyId) ?? fresh, rest)
    const reading = wakeReading(rule, readings.get(keyId) ?? CALM, rest, at)
    const isResting = before.state === 'ok'
    // What usage began after this instant is not judged as of this instant.
    const isYounger = !isResting && before.since > at
    const skip = isYounger || (beginningsOnly && (!isResting || !reading.breached))
    const next = skip ? { state: before, events: [] } : stepAlert(timing, before, reading, at)
    const begins = next.events.some((event) => event.type === 'fired')
    if (begins && ++begun > MAX_NEW) return []
    const memory = reading.remember ?? (isPerKey(rule.metric) ? {} : before.memory)
    return [
      {
        rule,
        before,
        after: { ...before, ...next.state, evaluatedAt: at, memory },
        reading,
        events: next.events,
      },
    ]
  })
}
