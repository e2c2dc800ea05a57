import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { ChannelSchema } from '../notifications/Channel.ts'
import { pgArray } from '../sql.ts'
import { type AlertRule, AlertRuleSchema, KEY_METRICS } from './AlertRule.ts'
import type { StoredRule } from './ruleFields.ts'

/** The rule, if it is this account's; a foreign id fails exactly like an unknown one. */
export async function loadRule(
  em: SqlEntityManager,
  accountId: string,
  id: string,
  { lock = false } = {},
): Promise<AlertRule> {
  const rule = await em.findOne(
    AlertRuleSchema,
    { id, accountId },
    lock ? { lockMode: LockMode.PESSIMISTIC_WRITE } : {},
  )
  if (!rule) throw new Failure('alert-not-found', { detail: 'There is no alert rule with this ID.' })
  return rule
}

type Refers = { keyIds?: string[] | null | undefined; channelIds?: string[] | undefined }

/** Throws unless all the keys and channels that a rule names are the account's. */
export async function requireReferences(
  em: SqlEntityManager,
  accountId: string,
  { keyIds, channelIds }: Refers & Partial<Pick<StoredRule, 'name'>>,
): Promise<void> {
  if (keyIds && keyIds.length > 0) {
    const rows = await em.execute<{ id: string }[]>(
      `select id from api_key where account_id = ? and status <> 'deleted' and id = any(?::text[])`,
      [accountId, pgArray(keyIds)],
    )
    if (rows.length < keyIds.length)
      throw new Failure('api-key-not-found', { detail: 'There is no API key with one of these IDs.' })
  }
  if (channelIds && channelIds.length > 0) {
    const found = await em.count(ChannelSchema, { accountId, id: { $in: channelIds } })
    if (found < channelIds.length)
      throw new Failure('channel-not-found', { detail: 'There is no channel with one of these IDs.' })
  }
}

type State = 'ok' | 'pending' | 'firing'

/** The worst state among the keys of each rule. */
export async function worstStates(em: SqlEntityManager, ruleIds: string[]): Promise<Map<string, State>> {
  const rows = await em.execute<{ rule_id: string; state: State }[]>(
    `select rule_id, case when bool_or(state = 'firing') then 'firing' else 'pending' end as state from alert_state
     where rule_id = any(?::text[]) and state <> 'ok' group by rule_id`,
    [pgArray(ruleIds)],
  )
  return new Map(rows.map((row) => [row.rule_id, row.state]))
}

export const stateOf = async (em: SqlEntityManager, ruleId: string): Promise<State> =>
  (await worstStates(em, [ruleId])).get(ruleId) ?? 'ok'

/**
 * Of one rule: as of when it was evaluated, and what its keys are in that are not ok; null: the account. Worst first.
 */
export async function readRuleStates(em: SqlEntityManager, ruleId: string) {
  const rows = await em.execute<{ key_id: string; state: State; since: string; evaluated_at: string }[]>(
    `select key_id, state, since, evaluated_at from alert_state
     where rule_id = ? and (state <> 'ok' or key_id = '') order by state = 'firing' desc, since, key_id limit 501`,
    [ruleId],
  )
  const instant = (text: string) => new Date(text).toISOString()
  const evaluated = rows.find((row) => row.key_id === '')?.evaluated_at
  return {
    evaluatedAt: evaluated === undefined ? null : instant(evaluated),
    states: rows
      .filter((row) => row.state !== 'ok')
      .map((row) => ({ keyId: row.key_id || null, state: row.state, since: instant(row.since) })),
  }
}

/** The accounts that have a rule to evaluate. Those of suspended accounts rest. */
export async function accountsWithRules(em: SqlEntityManager): Promise<string[]> {
  const rows = await em.execute<{ account_id: string }[]>(
    `select distinct r.account_id from alert_rule r join account a on a.id = r.account_id
     where r.enabled and a.suspended_at is null order by 1`,
  )
  return rows.map((row) => row.account_id)
}

/** Which of these accounts have an enabled rule in which more usage can begin an incident. */
export async function findWatched(em: SqlEntityManager, accountIds: string[]): Promise<Set<string>> {
  const rows = await em.execute<{ account_id: string }[]>(
    `select distinct account_id from alert_rule
     where account_id = any(?::text[]) and enabled and metric <> all(?::text[])`,
    [pgArray(accountIds), pgArray([...KEY_METRICS])],
  )
  return new Set(rows.map((row) => row.account_id))
}
