import { randomBase62 } from '../domain/base62.ts'
import { type FieldFault, invalid } from '../domain/failure.ts'
import { digestOf } from '../domain/keys/keyFormat.ts'
import { type Channel, type ChannelType, sealContext } from '../domain/notifications/Channel.ts'
import { presentChannel, presentTarget } from '../domain/notifications/presentChannel.ts'
import type { Link } from '../domain/notifications/tryChannel.ts'
import { readUrl } from '../domain/notifications/webhookUrl.ts'
import type { Env } from '../platform/env.ts'
import type { ApiContext } from './context.ts'

type Input = { type: ChannelType; to?: string; url?: string }

/** The address of a channel, checked as far as possible without a look-up. Throws a `validation-error`. */
export function checkedTarget({ type, to, url }: Input, env: Env): string {
  const [wanted, given, other] =
    type === 'email' ? (['to', to, 'url'] as const) : (['url', url, 'to'] as const)
  if ((type === 'email' ? url : to) !== undefined)
    throw fault(other, 'unknown_field', `does not go with ${type}`)
  if (given === undefined) throw fault(wanted, 'required', 'is required')
  if (type !== 'email') return checkedUrl(type, given, env)
  if (env.SMTP_URL === undefined || env.PUBLIC_URL === undefined)
    throw fault('type', 'out_of_range', 'email requires SMTP_URL and PUBLIC_URL, which are not set')
  return given
}

function checkedUrl(type: ChannelType, text: string, env: Env): string {
  const url = readUrl(text, env.WEBHOOK_ALLOW_PRIVATE)
  if (type === 'slack' && !env.WEBHOOK_ALLOW_PRIVATE && url.origin !== 'https://hooks.slack.com')
    throw fault('url', 'out_of_range', 'must start with https://hooks.slack.com/')
  return url.href
}

const fault = (field: string, code: FieldFault['code'], message: string) => invalid(field, code, message)

/** Events of a channel; undefined where nothing is asked for. Throws a `validation-error`. */
export function eventsOf(type: ChannelType, events: string[] | undefined): string[] | undefined {
  if (type === 'webhook' || events === undefined) return events
  if (events.length > 0)
    throw fault('events', 'unknown_field', `does not go with ${type}: only webhooks get events`)
  return undefined
}

/** A token for a confirmation link: its digest and its sealed form. Rows never have the token itself. */
export function newLink(api: ApiContext, channelId: string): Link {
  const token = randomBase62(40)
  return { digest: digestOf(token), sealed: api.vault.seal(token, sealContext(channelId, 'link')) }
}

/** A channel as callers see it. */
export function showChannel(api: ApiContext, channel: Channel) {
  const target = api.vault.open(channel.sealedTarget, sealContext(channel.id, 'target'))
  return { ...presentChannel(channel), ...presentTarget(channel.type, target) }
}
