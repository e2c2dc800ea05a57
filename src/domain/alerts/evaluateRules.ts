import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { newId } from '../ids.ts'
import { createNotifications } from '../notifications/createNotifications.ts'
import { MINUTE_MS } from '../time.ts'
import { type AlertRule, AlertRuleSchema, isDetector, isPerKey, isWindowed } from './AlertRule.ts'
import { dropStates, readAlertStates, type StoredState, saveStates } from './alertStates.ts'
import { announceIncident } from './announceIncident.ts'
import { receiversOf } from './closeIncidents.ts'
import { recordIncident } from './incidents.ts'
import { type KeyName, notificationData, readKeyNames } from './notificationData.ts'
import { readDetector } from './readDetectors.ts'
import { readKeyDays } from './readKeyDays.ts'
import { readWindowRules } from './readMeasures.ts'
import { readPlanRules } from './readPlan.ts'
import { learnsFrom, type Rest, wakeReading, wakeState } from './rest.ts'
import { type AlertEvent, CALM, type Reading, restingState, stepAlert } from './stepAlert.ts'

/** Incidents that one rule begins in one evaluation; the other keys have to wait for the next. */
const MAX_NEW = 50

export type Evaluation = {
  accountId: string
  at: number
  rest: Rest
  url: (path: string) => string | null
  now: Date
}

type Change = {
  rule: AlertRule
  before: StoredState
  after: StoredState
  reading: Reading
  events: AlertEvent[]
}

/** The account's rules that are evaluated, locked: evaluations and edits of one account run one after the other. */
function lockRules(em: SqlEntityManager, accountId: string): Promise<AlertRule[]> {
  return em
    .execute('select id from alert_rule where account_id = ? order by id for update', [accountId])
    .then(() => em.find(AlertRuleSchema, { accountId, enabled: true }, { orderBy: { id: 'asc' } }))
}

/**
 * Evaluates an account's rules as of `at`, in the transaction that it is called in, and returns the IDs of the
 * notifications to be delivered. A rule that was evaluated as of this instant or a later one is left alone: twice,
 * late and out of order change nothing. Between two minutes only beginnings are looked for.
 */
export async function evaluateRules(em: SqlEntityManager, evaluation: Evaluation): Promise<string[]> {
  const { accountId, at, rest } = evaluation
  const rules = await lockRules(em, accountId)
  const states = await readAlertStates(
    em,
    rules.map((rule) => rule.id),
  )
  const due = rules.filter((rule) => (states.get(rule.id)?.get('')?.evaluatedAt ?? 0) < at)
  const readings = await readAll(em, evaluation, due, states)
  const isBetween = at % MINUTE_MS !== 0
  const changes = due.flatMap((rule) =>
    changesOf(rule, readings.get(rule.id) ?? new Map(), states.get(rule.id) ?? new Map(), {
      at,
      rest,
      isBetween,
    }),
  )
  return record(em, changes, evaluation)
}

async function readAll(
  em: SqlEntityManager,
  { accountId, at, rest }: Evaluation,
  rules: AlertRule[],
  states: Map<string, Map<string, StoredState>>,
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
  { at, rest, isBetween }: Pick<Evaluation, 'at' | 'rest'> & { isBetween: boolean },
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
    const skip = isBetween && (before.state !== 'ok' || !reading.breached)
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

async function record(em: SqlEntityManager, changes: Change[], evaluation: Evaluation): Promise<string[]> {
  const changed = changes.filter((change) => change.events.length > 0)
  const names = await readKeyNames(
    em,
    changed.map((change) => change.after.keyId).filter((id) => id !== ''),
  )
  const notifications: string[] = []
  for (const change of changed) {
    for (const event of change.events)
      notifications.push(...(await notify(em, change, event, names, evaluation)))
  }
  // Incidents under way keep their worst value.
  for (const { after, reading, events } of changes) {
    if (after.incidentId && events.length === 0 && reading.breached && reading.value !== null)
      await em.execute(
        'update incident set worst = greatest(worst, ?::double precision) where id = ? and (worst is null or worst < ?::double precision)',
        [reading.value, after.incidentId, reading.value],
      )
  }
  const isWorthKeeping = ({ after }: Change) =>
    after.keyId === '' || after.state !== 'ok' || Object.keys(after.memory).length > 0
  await saveStates(
    em,
    changes.filter(isWorthKeeping).map(({ after }) => after),
  )
  await dropStates(
    em,
    changes.filter((change) => !isWorthKeeping(change)).map(({ after }) => after),
  )
  return notifications
}

async function notify(
  em: SqlEntityManager,
  { rule, before, after, reading }: Change,
  event: AlertEvent,
  names: Map<string, KeyName>,
  evaluation: Evaluation,
): Promise<string[]> {
  const incidentId = event.type === 'fired' ? newId('incident') : (before.incidentId ?? newId('incident'))
  after.incidentId = event.type === 'resolved' ? null : incidentId
  const incident = await recordIncident(em, {
    id: incidentId,
    rule,
    keyId: after.keyId,
    reading,
    event,
    at: evaluation.at,
  })
  if (event.type !== 'repeated') announceIncident(em, rule, incident)
  if (!event.notify) return []
  const key = names.get(after.keyId) ?? null
  const isOver = event.type === 'resolved'
  const data = notificationData({ rule, incident, key, reading, since: event.since }, evaluation.url)
  return createNotifications(
    em,
    {
      accountId: rule.accountId,
      type: isOver ? 'alert.resolved' : 'alert.firing',
      channelIds: isOver ? await receiversOf(em, rule, incidentId) : rule.channelIds,
      ruleId: rule.id,
      incidentId,
      turn: event.turn,
      data: isOver ? { ...data, reason: 'recovered' } : data,
    },
    evaluation.now,
  )
}
