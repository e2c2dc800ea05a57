import { z } from 'zod'
import type { Channel } from './Channel.ts'
import type { Notification } from './Notification.ts'
import { presentChannel } from './presentChannel.ts'
import { NotificationResource, presentNotification } from './presentNotification.ts'

const instant = z.string().nullable()

/** A webhook of the operators, but for its URL. */
const WebhookFacts = z.object({
  id: z.string(),
  name: z.string(),
  events: z.array(z.string()).describe('The types of events that it gets, `api_key.*`, or `*` for all'),
  verified: z.boolean().describe('Whether a message has arrived at this URL'),
  disabled: z.boolean().describe('It gets nothing until a test message arrives. Its events wait'),
  disabledReason: z.string().nullable(),
  failingSince: instant,
  cursor: z
    .string()
    .describe('Events up to here have their deliveries: `GET /events?after=` lists those that are to come'),
  createdAt: z.string(),
})

export const WebhookResource = WebhookFacts.extend({ url: z.string() }).meta({ id: 'Webhook' })

export function presentWebhook(webhook: Channel): z.infer<typeof WebhookFacts> {
  const { type: _type, events, ...facts } = presentChannel(webhook)
  return { ...facts, events, cursor: webhook.eventPosition ?? '0' }
}

/** A message to a webhook of the operators. */
export const WebhookDelivery = NotificationResource.omit({ channelId: true, alertId: true, incidentId: true })
  .extend({ webhookId: z.string(), accountId: z.string().nullable().describe('The account of the event') })
  .meta({ id: 'WebhookDelivery' })

export function presentDelivery(one: Notification): z.infer<typeof WebhookDelivery> {
  const { channelId: webhookId, alertId: _alert, incidentId: _incident, ...facts } = presentNotification(one)
  return { ...facts, webhookId, accountId: one.eventAccountId ?? null }
}
