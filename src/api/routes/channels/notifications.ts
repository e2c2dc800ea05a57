import { z } from 'zod'
import { loadNotification } from '../../../domain/notifications/channelStore.ts'
import {
  DeliveryAttempt,
  NotificationResource,
  presentNotification,
  readAttempts,
} from '../../../domain/notifications/presentNotification.ts'
import { route } from '../../guard.ts'
import { notificationQuery, readPage } from '../../notificationPage.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, IdParams, text } from '../../schemas.ts'

const NotificationWithAttempts = NotificationResource.extend({
  deliveryAttempts: z.array(DeliveryAttempt),
}).meta({ id: 'NotificationWithAttempts' })

const shared = { tag: 'Notifications', auth: { permission: 'alerts:manage' } } as const

export const listNotifications = route(
  {
    ...shared,
    method: 'get',
    path: '/notifications',
    operation: 'listNotifications',
    summary: 'List notifications',
    description: 'Newest first.',
    query: z.strictObject({
      ...notificationQuery,
      channelId: text(64).optional().describe('Only notifications to this channel'),
      alertId: text(64).optional().describe('Only notifications of this alert rule'),
    }),
    responses: {
      200: z.object({ notifications: z.array(NotificationResource), nextCursor: z.string().nullable() }),
    },
    problems: [],
  },
  async ({ api, principal, query }) => {
    const { channelId, alertId } = query
    const which = {
      accountId: principal.accountId,
      ...(channelId === undefined ? {} : { channelId }),
      ...(alertId === undefined ? {} : { ruleId: alertId }),
    }
    const { em } = await api.readFrom('reads')
    const { page, nextCursor } = await readPage(em, which, query)
    return { status: 200, body: { notifications: page.map(presentNotification), nextCursor } }
  },
)

export const getNotification = route(
  {
    ...shared,
    method: 'get',
    path: '/notifications/:id',
    operation: 'getNotification',
    summary: 'Get a notification',
    description: 'With every attempt to deliver it.',
    params: IdParams,
    responses: { 200: NotificationWithAttempts },
    problems: ['notification-not-found'],
  },
  async ({ api, principal, params }) => {
    const em = api.em()
    const notification = await loadNotification(em, principal.accountId, params.id)
    const deliveryAttempts = await readAttempts(em, notification)
    return { status: 200, body: { ...presentNotification(notification), deliveryAttempts } }
  },
)

export const redeliverNotification = route(
  {
    ...shared,
    method: 'post',
    path: '/notifications/:id/redeliver',
    operation: 'redeliverNotification',
    summary: 'Send a notification again',
    description: 'It keeps its ID. Its retry schedule starts over.',
    params: IdParams,
    responses: { 200: NotificationResource, 202: Accepted },
    problems: [
      'notification-not-found',
      'notification-not-redeliverable',
      'rate-limit-exceeded',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params } = input
        await loadNotification(api.em(), principal.accountId, params.id)
        const payload = { notificationId: params.id }
        return { kind: 'redeliver-notification', targetId: params.id, payload }
      },
      present: (result) => ({ status: 200, body: result }),
    }),
)
