import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { endIncidents, type IncidentResource } from './incidents.ts'
import { type AlertState, restingState } from './stepAlert.ts'

/** A state as it is stored, with its incident and what its detector remembers. */
export type StoredState = AlertState & {
  ruleId: string
  /** Empty: the account's, and of every rule the one that says until when the rule was evaluated. */
  keyId: string
  incidentId: string | null
  evaluatedAt: number
  memory: Record<string, unknown>
}

type Row = {
  rule_id: string
  key_id: string
  state: AlertState['state']
  since: string
  evaluated_at: string
  incident_id: string | null
  notified_at: string | null
  memory: Record<string, unknown> & { step?: Pick<AlertState, 'turn' | 'calmSince' | 'brokenSince'> }
}

const time = (text: string | null) => (text === null ? null : new Date(text).getTime())

/** The states of rules, by rule and key. Keys at rest that remember nothing have none. */
export async function readAlertStates(
  em: SqlEntityManager,
  ruleIds: string[],
): Promise<Map<string, Map<string, StoredState>>> {
  const rows = await em.execute<Row[]>('select * from alert_state where rule_id = any(?::text[])', [
    pgArray(ruleIds),
  ])
  const byRule = new Map<string, Map<string, StoredState>>(ruleIds.map((id) => [id, new Map()]))
  for (const row of rows) byRule.get(row.rule_id)?.set(row.key_id, stateOf(row))
  return byRule
}

function stateOf(row: Row): StoredState {
  const { step, ...memory } = row.memory
  return {
    ...restingState(0),
    ...step,
    state: row.state,
    since: time(row.since) ?? 0,
    notifiedAt: time(row.notified_at),
    ruleId: row.rule_id,
    keyId: row.key_id,
    incidentId: row.incident_id,
    evaluatedAt: time(row.evaluated_at) ?? 0,
    memory,
  }
}

/** Writes states, all in one statement. */
export async function saveStates(em: SqlEntityManager, states: StoredState[]): Promise<void> {
  if (states.length === 0) return
  const rows = states.map((one) => ({
    rule_id: one.ruleId,
    key_id: one.keyId,
    state: one.state,
    since: new Date(one.since),
    evaluated_at: new Date(one.evaluatedAt),
    incident_id: one.incidentId,
    notified_at: one.notifiedAt === null ? null : new Date(one.notifiedAt),
    memory: {
      ...one.memory,
      step: { turn: one.turn, calmSince: one.calmSince, brokenSince: one.brokenSince },
    },
  }))
  await em.execute(
    `insert into alert_state (rule_id, key_id, state, since, evaluated_at, incident_id, notified_at, memory)
     select * from jsonb_to_recordset(?::jsonb) as s (rule_id text, key_id text, state text, since timestamptz,
       evaluated_at timestamptz, incident_id text, notified_at timestamptz, memory jsonb)
     on conflict (rule_id, key_id) do update set state = excluded.state, since = excluded.since,
       evaluated_at = excluded.evaluated_at, incident_id = excluded.incident_id, notified_at = excluded.notified_at,
       memory = excluded.memory`,
    [JSON.stringify(rows)],
  )
}

/** Forgets the states of keys that are at rest. */
export async function dropStates(em: SqlEntityManager, states: StoredState[]): Promise<void> {
  if (states.length === 0) return
  await em.execute(
    `delete from alert_state using jsonb_to_recordset(?::jsonb) as s (rule_id text, key_id text)
     where alert_state.rule_id = s.rule_id and alert_state.key_id = s.key_id`,
    [JSON.stringify(states.map((one) => ({ rule_id: one.ruleId, key_id: one.keyId })))],
  )
}

/** A rule's incidents count as not sent, so that one that still fires after a mute is sent again. */
export async function forgetNotified(em: SqlEntityManager, ruleId: string): Promise<void> {
  await em.execute(`update alert_state set notified_at = null where rule_id = ? and state = 'firing'`, [
    ruleId,
  ])
}

/**
 * A rule begins again: its states go, and its open incidents end, which are returned. Notify their receivers first
 * (`closeIncidents`).
 */
export async function resetRule(
  em: SqlEntityManager,
  ruleId: string,
  now: Date,
): Promise<IncidentResource[]> {
  await em.execute('delete from alert_state where rule_id = ?', [ruleId])
  return endIncidents(em, ruleId, now)
}
