import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { AlertRuleSchema, MAX_RULES } from '../../domain/alerts/AlertRule.ts'
import { requireReferences } from '../../domain/alerts/alertStore.ts'
import { checkRule, presentRule } from '../../domain/alerts/ruleFields.ts'
import { audit } from '../../domain/audit/audit.ts'
import { Failure } from '../../domain/failure.ts'
import { commandJob } from './commandJob.ts'

/** A rule within the account's limit. It is evaluated from the next minute on. */
export const createAlert = commandJob('create-alert', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  if ((await em.count(AlertRuleSchema, { accountId: account.id })) >= MAX_RULES)
    throw new Failure('alert-limit-reached', { detail: `An account has at most ${MAX_RULES} alert rules.` })
  const { alertId: id, ...fields } = payload
  const rule = checkRule(fields)
  await requireReferences(em, account.id, rule)
  const created = em.create(AlertRuleSchema, {
    ...rule,
    id,
    accountId: account.id,
    mutedUntil: null,
    version: 1,
    createdAt: now,
  })
  em.persist(created)
  audit(em, command, {
    at: now,
    action: 'alert.created',
    targetId: id,
    details: { name: rule.name, metric: rule.metric },
  })
  return { result: presentRule(created, 'ok') }
})
