import { z } from 'zod'
import { ACCOUNT_PATTERNS } from '../../../domain/events/eventPatterns.ts'
import { newId } from '../../../domain/ids.ts'
import { CHANNEL_TYPES, ChannelSchema, sealContext } from '../../../domain/notifications/Channel.ts'
import { loadChannel } from '../../../domain/notifications/channelStore.ts'
import { ChannelResource, presentTarget } from '../../../domain/notifications/presentChannel.ts'
import { newSigningSecret } from '../../../domain/notifications/webhookUrl.ts'
import { checkedTarget, eventsOf, newLink, showChannel } from '../../channelInput.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { AcceptedWithSecret, Email, IdParams, name } from '../../schemas.ts'
import { eventList } from '../../webhookInput.ts'

const shared = { tag: 'Channels', auth: { permission: 'alerts:manage' } } as const

const Secret = z.string().optional().describe('The signing secret of a webhook. Only this response shows it')

export const listChannels = route(
  {
    ...shared,
    method: 'get',
    path: '/channels',
    operation: 'listChannels',
    summary: 'List channels',
    responses: { 200: z.object({ channels: z.array(ChannelResource) }) },
    problems: [],
  },
  async ({ api, principal }) => {
    const { accountId } = principal
    const channels = await api
      .em()
      .find(ChannelSchema, { accountId }, { orderBy: { createdAt: 'asc', id: 'asc' } })
    return { status: 200, body: { channels: channels.map((channel) => showChannel(api, channel)) } }
  },
)

export const createChannel = route(
  {
    ...shared,
    method: 'post',
    path: '/channels',
    operation: 'createChannel',
    summary: 'Create a channel',
    description:
      'An email address receives a link to confirm it. Slack and webhooks receive a test message; its arrival verifies the channel.',
    body: z
      .strictObject({
        type: z.enum(CHANNEL_TYPES),
        name: name(100),
        to: Email.optional().describe('The address of an email channel'),
        url: z.string().min(1).max(2_048).optional().describe('The URL of a Slack channel or webhook'),
        events: eventList(ACCOUNT_PATTERNS)
          .optional()
          .describe('Of a webhook: the types of lifecycle events of the account that it gets, beside alerts'),
      })
      .meta({ id: 'NewChannel' }),
    responses: {
      201: ChannelResource.extend({ secret: Secret }).meta({ id: 'ChannelWithSecret' }),
      202: AcceptedWithSecret,
    },
    problems: [
      'channel-limit-reached',
      'rate-limit-exceeded',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  (input) => {
    const { api, body } = input
    const { type, name } = body
    const target = checkedTarget(body, api.env)
    const events = eventsOf(type, body.events) ?? []
    return respondToCommand(input, {
      secretField: 'secret',
      prepare: async () => {
        const channelId = newId('channel')
        const secret = type === 'webhook' ? newSigningSecret() : undefined
        const seal = (text: string, use: 'target' | 'secret') =>
          api.vault.seal(text, sealContext(channelId, use))
        const payload = {
          channelId,
          type,
          name,
          sealedTarget: seal(target, 'target'),
          sealedSecret: secret === undefined ? null : seal(secret, 'secret'),
          link: type === 'email' ? newLink(api, channelId) : null,
          events,
        }
        return { kind: 'create-channel', targetId: channelId, payload, secret }
      },
      present: (result, secret) => ({
        status: 201,
        body: { ...result, ...presentTarget(type, target), ...(secret === undefined ? {} : { secret }) },
        headers: { Location: `/channels/${result.id}`, 'Cache-Control': 'no-store' },
      }),
    })
  },
)

export const getChannel = route(
  {
    ...shared,
    method: 'get',
    path: '/channels/:id',
    operation: 'getChannel',
    summary: 'Get a channel',
    params: IdParams,
    responses: { 200: ChannelResource },
    problems: ['channel-not-found'],
  },
  async ({ api, principal, params }) => ({
    status: 200,
    body: showChannel(api, await loadChannel(api.em(), principal.accountId, params.id)),
  }),
)
