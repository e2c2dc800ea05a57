import { z } from 'zod'
import { DeliveryAttempt, readAttempts } from '../../../domain/notifications/presentNotification.ts'
import { presentDelivery, WebhookDelivery } from '../../../domain/notifications/presentWebhook.ts'
import { loadDelivery, loadWebhook } from '../../../domain/notifications/webhookStore.ts'
import { route } from '../../guard.ts'
import { notificationQuery, readPage } from '../../notificationPage.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, IdParams } from '../../schemas.ts'

const shared = { tag: 'Operators', auth: { operator: 'webhooks:manage' } } as const

const DeliveryParams = IdParams.extend({
  notificationId: IdParams.shape.id.describe('The ID of the delivery: `webhook-id`, as the receiver sees it'),
})

const DeliveryWithAttempts = WebhookDelivery.extend({
  deliveryAttempts: z.array(DeliveryAttempt),
}).meta({ id: 'WebhookDeliveryWithAttempts' })

export const listWebhookDeliveries = route(
  {
    ...shared,
    method: 'get',
    path: '/webhooks/:id/deliveries',
    operation: 'listWebhookDeliveries',
    summary: 'List what was sent to a webhook',
    description: 'Newest first. Kept for 30 days.',
    params: IdParams,
    query: z.strictObject(notificationQuery),
    responses: {
      200: z.object({ deliveries: z.array(WebhookDelivery), nextCursor: z.string().nullable() }),
    },
    problems: ['webhook-not-found'],
  },
  async ({ api, params, query }) => {
    const { id: channelId } = await loadWebhook(api.em(), params.id)
    const { em } = await api.readFrom('reads')
    const { page, nextCursor } = await readPage(em, { channelId, accountId: null }, query)
    return { status: 200, body: { deliveries: page.map(presentDelivery), nextCursor } }
  },
)

export const getWebhookDelivery = route(
  {
    ...shared,
    method: 'get',
    path: '/webhooks/:id/deliveries/:notificationId',
    operation: 'getWebhookDelivery',
    summary: 'Get a delivery to a webhook',
    description: 'With every attempt.',
    params: DeliveryParams,
    responses: { 200: DeliveryWithAttempts },
    problems: ['webhook-not-found', 'notification-not-found'],
  },
  async ({ api, params }) => {
    const em = api.em()
    const { id } = await loadWebhook(em, params.id)
    const delivery = await loadDelivery(em, id, params.notificationId)
    const deliveryAttempts = await readAttempts(em, delivery)
    return { status: 200, body: { ...presentDelivery(delivery), deliveryAttempts } }
  },
)

export const redeliverWebhookDelivery = route(
  {
    ...shared,
    method: 'post',
    path: '/webhooks/:id/deliveries/:notificationId/redeliver',
    operation: 'redeliverWebhookDelivery',
    summary: 'Send an event to a webhook again',
    description: 'It keeps its ID. Its retry schedule starts over.',
    params: DeliveryParams,
    responses: { 200: WebhookDelivery, 202: Accepted },
    problems: [
      'webhook-not-found',
      'notification-not-found',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  (input) =>
    respondToCommand(
      { ...input, body: undefined, file: undefined },
      {
        prepare: async () => {
          const em = input.api.em()
          const { id: webhookId } = await loadWebhook(em, input.params.id)
          const { id: notificationId } = await loadDelivery(em, webhookId, input.params.notificationId)
          return { kind: 'redeliver-event', targetId: webhookId, payload: { webhookId, notificationId } }
        },
        present: (result) => ({ status: 200, body: result }),
      },
    ),
)
