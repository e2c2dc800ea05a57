import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { MemberSchema } from '../../domain/accounts/Member.ts'
import type { EventRow } from '../../domain/events/presentEvent.ts'
import { type Channel, type SealedSecret, sealContext } from '../../domain/notifications/Channel.ts'
import { messageOf } from '../../domain/notifications/messageOf.ts'
import type { Notification } from '../../domain/notifications/Notification.ts'
import type { Env } from '../../platform/env.ts'
import { readSecretsKeys } from '../../platform/secretsKeys.ts'
import { createVault, type Vault } from '../../platform/vault.ts'
import { Destinations } from './Destinations.ts'
import { createMailer, type Mailer } from './email.ts'
import type { Outcome } from './Outcome.ts'
import { type OutboundPolicy, outboundPolicy } from './postMessage.ts'
import { sendSlack } from './slack.ts'
import { sendWebhook } from './webhook.ts'
import { webhookContent } from './webhookContent.ts'

/** What sends messages; wired in main.ts. Without SMTP_URL there is no `mailer`. */
export type Notifiers = {
  vault: Vault
  outbound: OutboundPolicy
  destinations: Destinations
  mailer?: Mailer
  publicUrl?: string
}

type Settings = Pick<
  Env,
  'SECRETS_KEY' | 'SMTP_URL' | 'MAIL_FROM' | 'PUBLIC_URL' | 'WEBHOOK_ALLOW_PRIVATE' | 'WORKER_CONCURRENCY'
> &
  Partial<Pick<Env, 'SECRETS_KEYS_READ'>>

export function openNotifiers(env: Settings): Notifiers {
  const domain =
    env.MAIL_FROM.split('@')
      .at(-1)
      ?.replace(/[^\w.-]/g, '') || 'localhost'
  return {
    vault: createVault(readSecretsKeys(env)),
    outbound: outboundPolicy(env.WEBHOOK_ALLOW_PRIVATE),
    // A quarter of the places that the queue has (startWorkers.ts).
    destinations: new Destinations(env.WORKER_CONCURRENCY),
    mailer: env.SMTP_URL === undefined ? undefined : createMailer(env.SMTP_URL, env.MAIL_FROM, domain),
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, ''),
  }
}

/** What a lease hands over. `event`: the lifecycle event that the notification pushes, if it does. */
export type Leased = { notification: Notification; channel: Channel; event: EventRow | undefined }

const isEmail = (notification: Notification, channel: Channel) =>
  notification.type === 'channel.disabled' || channel.type === 'email'

/** Where a channel leads. Throws where the vault does. */
export const targetOf = (
  { vault }: Pick<Notifiers, 'vault'>,
  channel: Pick<Channel, 'id' | 'sealedTarget'>,
): string => vault.open(channel.sealedTarget, sealContext(channel.id, 'target'))

/** Whose server an attempt takes: a URL's host, or the SMTP server. Throws where the vault does. */
export function destinationOf(
  notifiers: Notifiers,
  { notification, channel }: Pick<Leased, 'notification' | 'channel'>,
): string {
  if (isEmail(notification, channel)) return 'smtp'
  return new URL(targetOf(notifiers, channel)).host
}

/** Makes one attempt. What goes wrong is its outcome; it throws where the database or the vault does. */
export async function sendNotification(
  em: SqlEntityManager,
  notifiers: Notifiers,
  { notification, channel, event }: Leased,
  now: Date,
): Promise<Outcome> {
  const { vault, outbound } = notifiers
  const { id, body } = notification
  if (isEmail(notification, channel)) return sendEmail(em, notifiers, notification, channel, now)
  const target = targetOf(notifiers, channel)
  if (channel.type === 'slack') return sendSlack(outbound, { id, message: messageOf(body), target, now })
  const secrets = validSecrets(channel, now).map(({ sealed }) =>
    vault.open(sealed, sealContext(channel.id, 'secret')),
  )
  const content = webhookContent(notification, channel, event)
  return sendWebhook(outbound, { id, content, target, secrets, now })
}

/** The signing secrets that are valid, newest first. */
function validSecrets({ sealedSecrets }: Pick<Channel, 'sealedSecrets'>, now: Date): SealedSecret[] {
  const secrets = JSON.parse(sealedSecrets ?? '[]') as SealedSecret[]
  return secrets.filter(({ validUntil }) => validUntil === null || new Date(validUntil) > now)
}

async function sendEmail(
  em: SqlEntityManager,
  notifiers: Notifiers,
  { id, type, body, incidentId }: Notification,
  channel: Channel,
  now: Date,
): Promise<Outcome> {
  const { vault, mailer, publicUrl } = notifiers
  if (!mailer) return { outcome: 'unreachable', detail: 'This service has no SMTP server (SMTP_URL).' }
  const { memberId, sealedLink } = body.data as { memberId?: string; sealedLink?: string }
  const to =
    type === 'channel.disabled'
      ? (await em.findOne(MemberSchema, { id: memberId ?? '', accountId: channel.accountId }))?.email
      : targetOf(notifiers, channel)
  if (to === undefined) return { outcome: 'gone', detail: 'The member was removed.' }
  if (sealedLink !== undefined && publicUrl === undefined)
    return { outcome: 'unreachable', detail: 'This worker has no PUBLIC_URL, which links begin with.' }
  const link =
    sealedLink === undefined
      ? undefined
      : `${publicUrl}/channel-confirmation?token=${vault.open(sealedLink, sealContext(channel.id, 'link'))}`
  return mailer.send({ id, message: messageOf(body, link), to, thread: incidentId ?? undefined, now })
}
