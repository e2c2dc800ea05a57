import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { lockAccount } from '../../domain/accounts/accountStore.ts'
import type { AlertRule } from '../../domain/alerts/AlertRule.ts'
import { forgetNotified, resetRule } from '../../domain/alerts/alertStates.ts'
import { loadRule, requireReferences, stateOf } from '../../domain/alerts/alertStore.ts'
import { announceIncident } from '../../domain/alerts/announceIncident.ts'
import { type CloseReason, closeIncidents } from '../../domain/alerts/closeIncidents.ts'
import { notificationData } from '../../domain/alerts/notificationData.ts'
import { checkRule, presentRule, type StoredRule } from '../../domain/alerts/ruleFields.ts'
import { audit } from '../../domain/audit/audit.ts'
import type { Command } from '../../domain/commands/Command.ts'
import { createNotifications } from '../../domain/notifications/createNotifications.ts'
import { deliveryJob } from '../../domain/notifications/deliveryJob.ts'
import { requireTestBudget } from '../../domain/notifications/testBudget.ts'
import { commandJob } from './commandJob.ts'

/** With another one of these a rule has another condition: its incidents are over. */
const CONDITION: (keyof StoredRule)[] = [
  'threshold',
  'windowMinutes',
  'forMinutes',
  'keyIds',
  'enabled',
  'options',
]

/** Edits a rule under its row's lock, so never during an evaluation. */
export const updateAlert = commandJob('update-alert', async ({ em, command, payload, now }) => {
  const rule = await loadRule(em, command.accountId, payload.alertId, { lock: true })
  const { options, ...changes } = payload.changes
  const before = plain(rule)
  const after = checkRule({ ...before, ...changes, options: { ...rule.options, ...options } })
  await requireReferences(em, rule.accountId, payload.changes)
  const fields = (Object.keys(after) as (keyof StoredRule)[]).filter(
    (field) => JSON.stringify(after[field]) !== JSON.stringify(before[field]),
  )
  const isAnother = fields.some((field) => CONDITION.includes(field))
  const follow = isAnother ? await close(em, command, rule, after.enabled ? 'edited' : 'disabled', now) : []
  if (fields.length > 0) {
    Object.assign(rule, after, { version: rule.version + 1 })
    audit(em, command, { at: now, action: 'alert.updated', targetId: rule.id, details: { fields } })
  }
  return { result: presentRule(rule, await stateOf(em, rule.id)), follow }
})

/** Ends a rule's incidents, and notifies their receivers. */
async function close(
  em: SqlEntityManager,
  by: Pick<Command, 'actor'>,
  rule: AlertRule,
  reason: CloseReason,
  now: Date,
) {
  const ids = await closeIncidents(em, rule, reason, now)
  if (reason === 'muted') await forgetNotified(em, rule.id)
  else
    for (const incident of await resetRule(em, rule.id, now))
      announceIncident(em, rule, incident, { by, reason })
  return ids.map(deliveryJob)
}

const plain = (rule: AlertRule): StoredRule => ({
  name: rule.name,
  metric: rule.metric,
  threshold: rule.threshold ?? null,
  windowMinutes: rule.windowMinutes,
  forMinutes: rule.forMinutes,
  keyIds: rule.keyIds ?? null,
  channelIds: rule.channelIds,
  repeatMinutes: rule.repeatMinutes ?? null,
  severity: rule.severity,
  options: rule.options,
  enabled: rule.enabled,
})

/** Ends its incidents. Notifications that were written are still delivered. */
export const deleteAlert = commandJob('delete-alert', async ({ em, command, payload, now }) => {
  const rule = await loadRule(em, command.accountId, payload.alertId, { lock: true })
  const follow = await close(em, command, rule, 'deleted', now)
  em.remove(rule)
  audit(em, command, { at: now, action: 'alert.deleted', targetId: rule.id, details: { name: rule.name } })
  return { result: { id: rule.id }, follow }
})

/** A muted rule is evaluated and notifies nobody. Its incidents close for their receivers. */
export const muteAlert = commandJob('mute-alert', async ({ em, command, payload, now }) => {
  const rule = await loadRule(em, command.accountId, payload.alertId, { lock: true })
  const follow = payload.until === null ? [] : await close(em, command, rule, 'muted', now)
  rule.mutedUntil = payload.until === null ? null : new Date(payload.until)
  rule.version += 1
  audit(em, command, { at: now, action: 'alert.muted', targetId: rule.id, details: { until: payload.until } })
  return { result: presentRule(rule, await stateOf(em, rule.id)), follow }
})

/** Sends a sample of what the rule would notify to each of its channels. */
export const testAlert = commandJob('test-alert', async ({ em, command, payload, now }) => {
  await lockAccount(em, command.accountId)
  const rule = await loadRule(em, command.accountId, payload.alertId)
  const at = now.toISOString()
  const data = notificationData(
    {
      rule,
      incident: { id: 'inc_test', startedAt: at, resolvedAt: null },
      key: null,
      reading: {
        value: rule.threshold ?? null,
        threshold: rule.threshold ?? null,
        breached: true,
        calm: false,
      },
      since: now.getTime(),
    },
    (path) => (payload.baseUrl === null ? null : `${payload.baseUrl}${path}`),
  )
  const { accountId, channelIds, id: ruleId } = rule
  await requireTestBudget(em, accountId, now, channelIds.length)
  const ids = await createNotifications(em, { accountId, type: 'alert.test', channelIds, ruleId, data }, now)
  return { result: { notificationIds: ids }, follow: ids.map(deliveryJob) }
})
