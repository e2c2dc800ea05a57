import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { newId } from '../ids.ts'
import { createNotifications } from '../notifications/createNotifications.ts'
import { MINUTE_MS } from '../time.ts'
import { type AlertRule, AlertRuleSchema, isChangedByUse, isPerKey } from './AlertRule.ts'
import { dropStates, readAlertStates, type StoredState, saveStates } from './alertStates.ts'
import { announceIncident } from './announceIncident.ts'
import { receiversOf } from './closeIncidents.ts'
import { type Change, decideChanges } from './decideChanges.ts'
import { recordIncident } from './incidents.ts'
import { type KeyName, notificationData, readKeyNames } from './notificationData.ts'
import type { Rest } from './rest.ts'
import type { AlertEvent } from './stepAlert.ts'

export type Evaluation = {
  accountId: string
  at: number
  rest: Rest
  url: (path: string) => string | null
  now: Date
}

type StatesOfRule = Map<string, StoredState> | undefined

/** As of when a rule was evaluated last; 0: never. */
const evaluatedAt = (states: StatesOfRule) => states?.get('')?.evaluatedAt ?? 0

const findRules = (em: SqlEntityManager, accountId: string): Promise<AlertRule[]> =>
  em.find(AlertRuleSchema, { accountId, enabled: true }, { orderBy: { id: 'asc' } })

/** The account's rules that are evaluated, locked: evaluations and edits of one account run one after the other. */
function lockRules(em: SqlEntityManager, accountId: string): Promise<AlertRule[]> {
  return em
    .execute('select id from alert_rule where account_id = ? order by id for update', [accountId])
    .then(() => findRules(em, accountId))
}

const readStatesOf = (em: SqlEntityManager, rules: AlertRule[]) =>
  readAlertStates(
    em,
    rules.map((rule) => rule.id),
  )

/**
 * Evaluates an account's rules as of `at`, in the transaction that it is called in, and returns the IDs of the
 * notifications to be delivered. A rule that was evaluated as of this instant or a later one is left alone: twice,
 * late and out of order change nothing. Between two minutes only beginnings are looked for.
 */
export async function evaluateRules(em: SqlEntityManager, evaluation: Evaluation): Promise<string[]> {
  const { accountId, at, rest } = evaluation
  const rules = await lockRules(em, accountId)
  const states = await readStatesOf(em, rules)
  const due = rules.filter((rule) => evaluatedAt(states.get(rule.id)) < at)
  const instant = { accountId, at, rest, beginningsOnly: at % MINUTE_MS !== 0 }
  return record(em, await decideChanges(em, instant, due, states), evaluation)
}

/**
 * Begins what usage that has just been counted begins as of `at`, in the transaction that it is called in, and returns
 * the IDs of the notifications to be delivered. It may run at any time and as often as one likes: what has begun does
 * not begin again. As of when a rule was evaluated stays as it is, so every minute is still evaluated as a whole.
 */
export async function beginIncidents(em: SqlEntityManager, evaluation: Evaluation): Promise<string[]> {
  const rules = await lockRules(em, evaluation.accountId)
  const states = await readStatesOf(em, rules)
  const changes = await decideBeginnings(em, evaluation, rules, states)
  const begun = changes.map((change) => {
    const minute = Math.floor(evaluation.at / MINUTE_MS) * MINUTE_MS
    const after = { ...change.after, evaluatedAt: evaluatedAt(states.get(change.rule.id)) || minute }
    return { ...change, after }
  })
  return record(em, begun, evaluation)
}

/** Whether `beginIncidents` has something to do. Locks and writes nothing. */
export async function isCrossing(em: SqlEntityManager, evaluation: Evaluation): Promise<boolean> {
  const rules = await findRules(em, evaluation.accountId)
  const changes = await decideBeginnings(em, evaluation, rules, await readStatesOf(em, rules))
  return changes.length > 0
}

async function decideBeginnings(
  em: SqlEntityManager,
  { accountId, at, rest }: Evaluation,
  rules: AlertRule[],
  states: Map<string, StatesOfRule & {}>,
): Promise<Change[]> {
  const due = rules.filter((rule) => {
    const known = states.get(rule.id)
    return isChangedByUse(rule.metric) && mayBegin(rule, known) && !isBehind(evaluatedAt(known), at, rest)
  })
  const changes = await decideChanges(em, { accountId, at, rest, beginningsOnly: true }, due, states)
  return changes.filter(({ before, after }) => after.state !== before.state)
}

/** Whether one of a rule's keys, or the account, is at rest; of a rule over each active key that is not known. */
function mayBegin({ metric, keyIds }: AlertRule, states: StatesOfRule): boolean {
  if (isPerKey(metric)) return true
  return (keyIds ?? ['']).some((key) => (states?.get(key)?.state ?? 'ok') === 'ok')
}

/**
 * Whether minutes before the current one wait to be evaluated. What happened in them comes first, so that one incident
 * does not hide another. The current minute is evaluated some seconds after its beginning.
 */
function isBehind(evaluated: number, at: number, rest: Rest): boolean {
  const last = Math.max(evaluated, rest.to)
  return evaluated > 0 && Math.floor(at / MINUTE_MS) - Math.floor(last / MINUTE_MS) > 1
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
