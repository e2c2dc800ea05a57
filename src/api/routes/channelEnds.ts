import { z } from 'zod'
import { sealContext } from '../../domain/notifications/Channel.ts'
import { loadChannel } from '../../domain/notifications/channelStore.ts'
import { ChannelResource, presentTarget } from '../../domain/notifications/presentChannel.ts'
import { newLink, newSigningSecret, requireCalm, targetOf } from '../channelInput.ts'
import { route } from '../guard.ts'
import { respondToCommand } from '../respondToCommand.ts'
import { Accepted, AcceptedWithSecret, Email, IdParams, text } from '../schemas.ts'

const shared = { tag: 'Channels', auth: { permission: 'alerts:manage' }, params: IdParams } as const

export const updateChannel = route(
  {
    ...shared,
    method: 'patch',
    path: '/channels/:id',
    summary:
      'Rename a channel, or let it lead elsewhere: it is then verified anew, as if it were created, and alerts wait for that. A webhook keeps its signing secret.',
    body: z
      .strictObject({
        name: text(100),
        to: Email.describe('The address of an email channel'),
        url: z.string().min(1).max(2_048).describe('The URL of a Slack channel or webhook'),
      })
      .partial()
      .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field'),
    responses: { 200: ChannelResource, 202: Accepted },
    problems: ['channel-not-found', 'rate-limit-exceeded'],
  },
  async ({ api, ctx, principal, params, body: { name, ...where } }) => {
    const em = api.em()
    const { id, type, sealedTarget } = await loadChannel(em, principal.accountId, params.id)
    const present = api.vault.open(sealedTarget, sealContext(id, 'target'))
    // What a Slack URL is shown as may be sent back as it was read.
    const shown: Record<string, string> = presentTarget(type, present)
    const isShown = Object.entries(where).every(([field, value]) => value === shown[field])
    const target = isShown ? present : targetOf({ type, ...where }, api.env)
    const isMoved = target !== present
    if (isMoved) await requireCalm(api, em, principal.accountId)
    const move = isMoved && {
      sealedTarget: api.vault.seal(target, sealContext(id, 'target')),
      link: type === 'email' ? newLink(api, id) : null,
    }
    return respondToCommand(
      api,
      ctx,
      {
        kind: 'update-channel',
        accountId: principal.accountId,
        targetId: id,
        payload: { channelId: id, name: name ?? null, move: move || null },
        actor: principal.actor,
      },
      (result) => ({ status: 200, body: { ...result, ...presentTarget(type, target) } }),
    )
  },
)

export const removeChannel = route(
  {
    ...shared,
    method: 'delete',
    path: '/channels/:id',
    summary: 'Delete a channel. Rules that used it go on without it.',
    responses: { 204: null, 202: Accepted },
    problems: ['channel-not-found'],
  },
  async ({ api, ctx, principal, params }) => {
    await loadChannel(api.em(), principal.accountId, params.id)
    return respondToCommand(
      api,
      ctx,
      {
        kind: 'delete-channel',
        accountId: principal.accountId,
        targetId: params.id,
        payload: { channelId: params.id },
        actor: principal.actor,
      },
      () => ({ status: 204 }),
    )
  },
)

export const testChannel = route(
  {
    ...shared,
    method: 'post',
    path: '/channels/:id/test',
    summary:
      'Send a test message; its arrival verifies Slack and webhooks, and switches a disabled channel on again. An address that is not confirmed gets its link again.',
    responses: {
      201: z.object({ notificationId: z.string(), status: z.literal('pending') }),
      202: Accepted,
    },
    problems: ['channel-not-found', 'rate-limit-exceeded', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  async ({ api, ctx, principal, params }) => {
    const em = api.em()
    const channel = await loadChannel(em, principal.accountId, params.id)
    await requireCalm(api, em, principal.accountId)
    return respondToCommand(
      api,
      ctx,
      {
        kind: 'test-channel',
        accountId: principal.accountId,
        targetId: channel.id,
        payload: { channelId: channel.id, link: channel.type === 'email' ? newLink(api, channel.id) : null },
        actor: principal.actor,
      },
      (result) => ({
        status: 201,
        body: result,
        headers: { Location: `/notifications/${result.notificationId}` },
      }),
    )
  },
)

export const rotateSecret = route(
  {
    ...shared,
    method: 'post',
    path: '/channels/:id/rotate-secret',
    summary: 'Give a webhook another signing secret. For 24 hours the former one signs, too.',
    responses: {
      201: ChannelResource.extend({ secret: z.string().optional(), formerUntil: z.string() }),
      202: AcceptedWithSecret,
    },
    problems: ['channel-not-found', 'channel-has-no-secret', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  async ({ api, ctx, principal, params }) => {
    const { id, type, sealedTarget } = await loadChannel(api.em(), principal.accountId, params.id)
    const target = api.vault.open(sealedTarget, sealContext(id, 'target'))
    const secret = newSigningSecret()
    return respondToCommand(
      api,
      ctx,
      {
        kind: 'rotate-channel-secret',
        accountId: principal.accountId,
        targetId: id,
        payload: { channelId: id, sealedSecret: api.vault.seal(secret, sealContext(id, 'secret')) },
        actor: principal.actor,
        secret,
      },
      (result, shown) => ({
        status: 201,
        body: {
          ...result,
          ...presentTarget(type, target),
          ...(shown === undefined ? {} : { secret: shown }),
        },
        headers: { 'Cache-Control': 'no-store' },
      }),
      {},
      'secret',
    )
  },
)
