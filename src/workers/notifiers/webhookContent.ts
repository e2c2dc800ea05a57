import { accountEvent } from '../../domain/events/accountEvent.ts'
import { type EventRow, presentEvent } from '../../domain/events/presentEvent.ts'
import { type Channel, isOperators } from '../../domain/notifications/Channel.ts'
import type { Notification } from '../../domain/notifications/Notification.ts'

export type Content = { type: string; body: object }

/** CloudEvents 1.0 in structured mode (HTTP Protocol Binding, 3.2). */
const cloudEvent = (body: object): Content => ({ type: 'application/cloudevents+json', body })

/**
 * What a webhook is sent: a lifecycle event as `GET /events` returns it, else the message of an alert. The operators'
 * webhooks get their test messages as CloudEvents, too.
 */
export function webhookContent(
  { id, body: { type, timestamp, data } }: Pick<Notification, 'id' | 'body'>,
  channel: Channel,
  event: EventRow | undefined,
): Content {
  if (event) return cloudEvent(presentEvent(isOperators(channel) ? event : accountEvent(event)))
  if (!isOperators(channel)) return { type: 'application/json', body: { type, timestamp, data } }
  return cloudEvent({
    specversion: '1.0',
    id,
    source: `/webhooks/${channel.id}`,
    type,
    subject: channel.id,
    time: timestamp,
    datacontenttype: 'application/json',
    data,
  })
}
