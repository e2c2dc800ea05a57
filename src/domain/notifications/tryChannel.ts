import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { newId } from '../ids.ts'
import type { OutboxMessage } from '../jobs.ts'
import { DAY_MS } from '../time.ts'
import { type Channel, isOperators } from './Channel.ts'
import { deliveryJob } from './deliveryJob.ts'
import { insertNotification, type NewNotification } from './insertNotification.ts'

/** The token of a confirmation link: its digest, and sealed for the email. */
export type Link = { digest: string; sealed: string }

const LINK_MS = DAY_MS

/** A new link replaces the previous one. */
export function setLink(channel: Channel, link: Link, now: Date): void {
  channel.verificationDigest = link.digest
  channel.verificationEndsAt = new Date(now.getTime() + LINK_MS)
}

/**
 * Writes the message that verifies a channel: a confirmation link for an unconfirmed address, else a test message. Call
 * it in the transaction of the change; `follow` is for its outbox.
 */
export async function tryChannel(
  em: SqlEntityManager,
  channel: Channel,
  link: Link | null,
  now: Date,
): Promise<{ notificationId: string; follow: OutboxMessage[] }> {
  const id = newId('notification')
  const { accountId = null, id: channelId } = channel
  await insertNotification(em, { id, accountId, channelId, ...messageFor(channel, link, now) }, now)
  return { notificationId: id, follow: [deliveryJob(id)] }
}

function messageFor(channel: Channel, link: Link | null, now: Date): Pick<NewNotification, 'type' | 'data'> {
  const { id, name, events } = channel
  if (link) return { type: 'channel.verify', data: { channelId: id, channel: name, sealedLink: link.sealed } }
  if (isOperators(channel)) return { type: 'webhook.test', data: { webhook: { id, events } } }
  return { type: 'alert.test', data: sampleData(channel, now) }
}

/** What an alert's data looks like, for receivers to try. */
function sampleData({ name }: Channel, now: Date) {
  const since = now.toISOString()
  return {
    alert: {
      id: 'alert_0000000000000000',
      name: `This is a test of ${name}`,
      metric: 'requests',
      threshold: 1_000,
      window: '5m',
      severity: 'info',
    },
    incident: { id: 'inc_0000000000000000', startedAt: since, resolvedAt: null },
    key: { id: 'key_0000000000000000', name: 'An example', hint: '0000' },
    measured: 1_234,
    threshold: 1_000,
    since,
    url: null,
  }
}
