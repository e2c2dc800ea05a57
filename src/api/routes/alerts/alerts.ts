import { z } from 'zod'
import { AlertRuleSchema } from '../../../domain/alerts/AlertRule.ts'
import {
  loadRule,
  readRuleStates,
  requireReferences,
  stateOf,
  worstStates,
} from '../../../domain/alerts/alertStore.ts'
import {
  checkRule,
  NewRule,
  presentRule,
  RuleChanges,
  RuleResource,
  storedChanges,
} from '../../../domain/alerts/ruleFields.ts'
import { newId } from '../../../domain/ids.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, IdParams } from '../../schemas.ts'

const shared = { tag: 'Alerts', auth: { permission: 'alerts:manage' } } as const

const RuleWithStates = RuleResource.extend({
  evaluatedAt: z.string().nullable().describe('The instant of the last evaluation'),
  states: z.array(
    z.object({
      keyId: z.string().nullable().describe('null: the account'),
      state: z.enum(['ok', 'pending', 'firing']),
      since: z.string(),
    }),
  ),
}).meta({ id: 'AlertRuleWithStates' })

export const listAlertRules = route(
  {
    ...shared,
    method: 'get',
    path: '/alerts',
    operation: 'listAlertRules',
    summary: 'List alert rules',
    description: 'Oldest first.',
    responses: { 200: z.object({ alerts: z.array(RuleResource) }) },
    problems: [],
  },
  async ({ api, principal: { accountId } }) => {
    const em = api.em()
    const rules = await em.find(AlertRuleSchema, { accountId }, { orderBy: { createdAt: 'asc', id: 'asc' } })
    const states = await worstStates(
      em,
      rules.map((rule) => rule.id),
    )
    return {
      status: 200,
      body: { alerts: rules.map((rule) => presentRule(rule, states.get(rule.id) ?? 'ok')) },
    }
  },
)

export const createAlertRule = route(
  {
    ...shared,
    method: 'post',
    path: '/alerts',
    operation: 'createAlertRule',
    summary: 'Create an alert rule',
    description: 'It is first evaluated within a minute.',
    body: NewRule,
    responses: { 201: RuleResource, 202: Accepted },
    problems: [
      'api-key-not-found',
      'channel-not-found',
      'alert-limit-reached',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, body } = input
        const rule = checkRule({ ...storedChanges(body), metric: body.metric })
        await requireReferences(api.em(), principal.accountId, rule)
        const alertId = newId('alert')
        return { kind: 'create-alert', targetId: alertId, payload: { ...rule, alertId } }
      },
      present: (result) => ({ status: 201, body: result, headers: { Location: `/alerts/${result.id}` } }),
    }),
)

export const getAlertRule = route(
  {
    ...shared,
    method: 'get',
    path: '/alerts/:id',
    operation: 'getAlertRule',
    summary: 'Get an alert rule',
    description: 'With its current state, and the state of each key that is not `ok`.',
    params: IdParams,
    responses: { 200: RuleWithStates },
    problems: ['alert-not-found'],
  },
  async ({ api, principal, params }) => {
    const em = api.em()
    const rule = await loadRule(em, principal.accountId, params.id)
    const [state, byKey] = await Promise.all([stateOf(em, rule.id), readRuleStates(em, rule.id)])
    return { status: 200, body: { ...presentRule(rule, state), ...byKey } }
  },
)

export const updateAlertRule = route(
  {
    ...shared,
    method: 'patch',
    path: '/alerts/:id',
    operation: 'updateAlertRule',
    summary: 'Update an alert rule',
    description:
      'Disabling the rule or changing its condition (threshold, window, `for`, scope or options) closes its open incidents. Their receivers get `alert.resolved` with a `reason`.',
    params: IdParams,
    body: RuleChanges,
    responses: { 200: RuleResource, 202: Accepted },
    problems: ['alert-not-found', 'api-key-not-found', 'channel-not-found'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params, body } = input
        await loadRule(api.em(), principal.accountId, params.id)
        const payload = { alertId: params.id, changes: storedChanges(body) }
        return { kind: 'update-alert', targetId: params.id, payload }
      },
      present: (result) => ({ status: 200, body: result }),
    }),
)

export const deleteAlertRule = route(
  {
    ...shared,
    method: 'delete',
    path: '/alerts/:id',
    operation: 'deleteAlertRule',
    summary: 'Delete an alert rule',
    description: 'Receivers of its open incidents get `alert.resolved` with the reason `deleted`.',
    params: IdParams,
    responses: { 204: null, 202: Accepted },
    problems: ['alert-not-found'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params } = input
        await loadRule(api.em(), principal.accountId, params.id)
        return { kind: 'delete-alert', targetId: params.id, payload: { alertId: params.id } }
      },
      present: () => ({ status: 204 }),
    }),
)
