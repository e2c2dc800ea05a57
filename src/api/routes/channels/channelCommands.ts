import { z } from 'zod'
import { ACCOUNT_PATTERNS } from '../../../domain/events/eventPatterns.ts'
import { ChannelSchema, sealContext } from '../../../domain/notifications/Channel.ts'
import { loadChannel } from '../../../domain/notifications/channelStore.ts'
import { ChannelResource, presentTarget } from '../../../domain/notifications/presentChannel.ts'
import { newSigningSecret } from '../../../domain/notifications/webhookUrl.ts'
import { checkedTarget, eventsOf, newLink } from '../../channelInput.ts'
import type { ApiContext } from '../../context.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, AcceptedWithSecret, Email, IdParams, name } from '../../schemas.ts'
import { eventList } from '../../webhookInput.ts'

const shared = { tag: 'Channels', auth: { permission: 'alerts:manage' }, params: IdParams } as const

export const updateChannel = route(
  {
    ...shared,
    method: 'patch',
    path: '/channels/:id',
    operation: 'updateChannel',
    summary: 'Update a channel',
    description:
      'Renames the channel, or changes its events or its address. A new address must be verified before it receives alerts or events. A webhook keeps its signing secret.',
    body: z
      .strictObject({
        name: name(100),
        to: Email.describe('The address of an email channel'),
        url: z.string().min(1).max(2_048).describe('The URL of a Slack channel or webhook'),
        events: eventList(ACCOUNT_PATTERNS).describe(
          'Of a webhook: the types of lifecycle events that it gets; an empty list ends that',
        ),
      })
      .partial()
      .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field')
      .meta({ id: 'ChannelChanges' }),
    responses: { 200: ChannelResource, 202: Accepted },
    problems: ['channel-not-found', 'channel-limit-reached', 'rate-limit-exceeded'],
  },
  async (input) => {
    const {
      api,
      principal,
      params,
      body: { name, events, ...where },
    } = input
    const em = api.em()
    const { id, type, sealedTarget } = await loadChannel(em, principal.accountId, params.id)
    const current = api.vault.open(sealedTarget, sealContext(id, 'target'))
    // What a Slack URL is shown as may be sent back as it was read.
    const shown: Record<string, string> = presentTarget(type, current)
    const isShown = Object.entries(where).every(([field, value]) => value === shown[field])
    const target = isShown ? current : checkedTarget({ type, ...where }, api.env)
    const isMoved = target !== current
    const move = isMoved && {
      sealedTarget: api.vault.seal(target, sealContext(id, 'target')),
      link: type === 'email' ? newLink(api, id) : null,
    }
    const payload = {
      channelId: id,
      name: name ?? null,
      move: move || null,
      events: eventsOf(type, events),
    }
    return respondToCommand(input, {
      prepare: async () => ({ kind: 'update-channel', targetId: id, payload }),
      present: (result) => ({ status: 200, body: { ...result, ...presentTarget(type, target) } }),
    })
  },
)

export const deleteChannel = route(
  {
    ...shared,
    method: 'delete',
    path: '/channels/:id',
    operation: 'deleteChannel',
    summary: 'Delete a channel',
    description: 'Rules that used it continue without it.',
    responses: { 204: null, 202: Accepted },
    problems: ['channel-not-found'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params } = input
        await loadChannel(api.em(), principal.accountId, params.id)
        return { kind: 'delete-channel', targetId: params.id, payload: { channelId: params.id } }
      },
      present: () => ({ status: 204 }),
    }),
)

export const testChannel = route(
  {
    ...shared,
    method: 'post',
    path: '/channels/:id/test',
    operation: 'testChannel',
    summary: 'Send a test message to a channel',
    description:
      'Its arrival verifies Slack and webhooks, and enables a disabled channel. An unconfirmed email address receives its link again.',
    responses: {
      201: z.object({ notificationId: z.string(), status: z.literal('pending') }),
      202: Accepted,
    },
    problems: ['channel-not-found', 'rate-limit-exceeded', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) =>
    respondToCommand(input, {
      prepare: async () => {
        const { api, principal, params } = input
        const em = api.em()
        const { id, type } = await loadChannel(em, principal.accountId, params.id)
        const payload = { channelId: id, link: type === 'email' ? newLink(api, id) : null }
        return { kind: 'test-channel', targetId: id, payload }
      },
      present: (result) => ({
        status: 201,
        body: result,
        headers: { Location: `/notifications/${result.notificationId}` },
      }),
    }),
)

export const rotateChannelSecret = route(
  {
    ...shared,
    method: 'post',
    path: '/channels/:id/rotate-secret',
    operation: 'rotateChannelSecret',
    summary: 'Rotate the signing secret of a webhook',
    description: 'For 24 hours, messages are signed with both secrets.',
    responses: {
      201: ChannelResource.extend({ secret: z.string().optional(), formerUntil: z.string() }).meta({
        id: 'ChannelWithRotatedSecret',
      }),
      202: AcceptedWithSecret,
    },
    problems: ['channel-not-found', 'channel-has-no-secret', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) =>
    respondToCommand(input, {
      secretField: 'secret',
      prepare: async () => {
        const { api, principal, params } = input
        const { id } = await loadChannel(api.em(), principal.accountId, params.id)
        const secret = newSigningSecret()
        const payload = { channelId: id, sealedSecret: api.vault.seal(secret, sealContext(id, 'secret')) }
        return { kind: 'rotate-channel-secret', targetId: id, payload, secret }
      },
      present: async (result, secret) => ({
        status: 201,
        body: {
          ...result,
          ...(await currentTarget(input.api, input.principal.accountId, input.params.id)),
          ...(secret === undefined ? {} : { secret }),
        },
        headers: { 'Cache-Control': 'no-store' },
      }),
    }),
)

/** Nothing for a channel that was deleted before its answer was repeated. */
async function currentTarget(api: ApiContext, accountId: string, id: string) {
  const channel = await api.em().findOne(ChannelSchema, { id, accountId })
  if (!channel) return {}
  return presentTarget(channel.type, api.vault.open(channel.sealedTarget, sealContext(id, 'target')))
}
