import { z } from 'zod'
import { loadRule, requireReferences } from '../../../domain/alerts/alertStore.ts'
import { IncidentResource, readIncidents } from '../../../domain/alerts/incidents.ts'
import { Preview, previewRule } from '../../../domain/alerts/preview.ts'
import { checkRule, NewRule, RuleResource, storedChanges } from '../../../domain/alerts/ruleFields.ts'
import { invalid } from '../../../domain/failure.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, IdParams, Instant, limitOf, text } from '../../schemas.ts'

const shared = { tag: 'Alerts', auth: { permission: 'alerts:manage' } } as const

export const testAlertRule = route(
  {
    ...shared,
    method: 'post',
    path: '/alerts/:id/test',
    operation: 'testAlertRule',
    summary: 'Send a sample notification of an alert rule',
    description: 'It goes to each of the rule’s channels.',
    params: IdParams,
    body: z.strictObject({}),
    bodyOptional: true,
    responses: { 200: z.object({ notificationIds: z.array(z.string()) }), 202: Accepted },
    problems: ['alert-not-found', 'rate-limit-exceeded', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params } = input
        await loadRule(api.em(), principal.accountId, params.id)
        const publicUrl = api.env.PUBLIC_URL?.replace(/\/+$/, '')
        const payload = { alertId: params.id, baseUrl: publicUrl ? `${publicUrl}/dashboard` : null }
        return { kind: 'test-alert', targetId: params.id, payload }
      },
      present: (result) => ({ status: 200, body: result }),
    }),
)

export const muteAlertRule = route(
  {
    ...shared,
    method: 'post',
    path: '/alerts/:id/mute',
    operation: 'muteAlertRule',
    summary: 'Mute or unmute an alert rule',
    description:
      'Mutes the rule until the given time, or unmutes it with `null`. Receivers of open incidents get `alert.resolved` with the reason `muted`. An incident that still fires when the mute ends is sent again.',
    params: IdParams,
    body: z.strictObject({ until: Instant.nullable() }),
    responses: { 200: RuleResource, 202: Accepted },
    problems: ['alert-not-found', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params, body } = input
        await loadRule(api.em(), principal.accountId, params.id)
        if (body.until !== null && new Date(body.until) <= api.now())
          throw invalid('until', 'out_of_range', 'must be in the future')
        const payload = { alertId: params.id, until: body.until && new Date(body.until).toISOString() }
        return { kind: 'mute-alert', targetId: params.id, payload }
      },
      present: (result) => ({ status: 200, body: result }),
    }),
)

export const listIncidents = route(
  {
    ...shared,
    method: 'get',
    path: '/alerts/:id/incidents',
    operation: 'listIncidents',
    summary: 'List the incidents of an alert rule',
    description: 'Newest first.',
    params: IdParams,
    query: z.strictObject({
      limit: limitOf(100, 20),
      before: text(64).optional().describe('The last ID of the previous page'),
    }),
    responses: { 200: z.object({ incidents: z.array(IncidentResource) }) },
    problems: ['alert-not-found'],
  },
  async ({ api, principal, params, query }) => {
    await loadRule(api.em(), principal.accountId, params.id)
    const { em } = await api.readFrom('reads')
    const page = { limit: query.limit, before: query.before }
    return { status: 200, body: { incidents: await readIncidents(em, principal.accountId, params.id, page) } }
  },
)

export const previewAlertRule = route(
  {
    ...shared,
    method: 'post',
    path: '/alerts/preview',
    // It changes nothing, and reads a week of usage.
    whileSuspended: true,
    pool: 'reads',
    operation: 'previewAlertRule',
    summary: 'Preview an alert rule',
    description: 'Returns when the rule would have fired in the last 7 days. Nothing is saved.',
    body: NewRule,
    responses: { 200: Preview },
    problems: ['api-key-not-found', 'channel-not-found'],
  },
  async ({ api, principal, body }) => {
    const em = api.em()
    const rule = checkRule({ ...storedChanges(body), metric: body.metric })
    await requireReferences(em, principal.accountId, rule)
    return { status: 200, body: await previewRule(em, principal.accountId, rule, api.now()) }
  },
)
