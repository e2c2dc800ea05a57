import { z } from 'zod'
import { CHANNEL_TYPES, type Channel } from './Channel.ts'

const instant = z.string().nullable()

/** A channel as callers see it, but for where it leads to. */
export const ChannelFacts = z.object({
  id: z.string(),
  type: z.enum(CHANNEL_TYPES),
  name: z.string(),
  verified: z.boolean(),
  disabled: z.boolean(),
  disabledReason: z.string().nullable(),
  failingSince: instant,
  events: z
    .array(z.string())
    .default([])
    .describe('Of a webhook: the types of lifecycle events of the account that it gets, `api_key.*`, or `*`'),
  createdAt: z.string(),
})

export const ChannelResource = ChannelFacts.extend({
  to: z.string().optional().describe('The address of an email channel'),
  url: z.string().optional().describe('The URL of a webhook; of a Slack channel only its beginning and end'),
}).meta({ id: 'Channel' })

export function presentChannel(channel: Channel): z.infer<typeof ChannelFacts> {
  return {
    id: channel.id,
    type: channel.type,
    name: channel.name,
    verified: Boolean(channel.verifiedAt),
    disabled: Boolean(channel.disabledAt),
    disabledReason: channel.disabledReason ?? null,
    failingSince: channel.failingSince?.toISOString() ?? null,
    events: channel.events ?? [],
    createdAt: channel.createdAt.toISOString(),
  }
}

/** Where a channel leads to, as it may be shown: whoever has a Slack URL can post. */
export function presentTarget(type: Channel['type'], target: string): { to: string } | { url: string } {
  if (type === 'email') return { to: target }
  if (type === 'webhook') return { url: target }
  return { url: `${new URL(target).origin}/…${target.slice(-4)}` }
}
