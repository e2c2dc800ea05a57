import { z } from 'zod'
import { ChannelSchema, sealContext } from '../../../domain/notifications/Channel.ts'
import { WebhookResource } from '../../../domain/notifications/presentWebhook.ts'
import { loadWebhook } from '../../../domain/notifications/webhookStore.ts'
import { newSigningSecret } from '../../../domain/notifications/webhookUrl.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, AcceptedWithSecret, IdParams } from '../../schemas.ts'
import { urlOf } from '../../webhookInput.ts'

const shared = {
  tag: 'Operators',
  auth: { operator: 'webhooks:manage' },
  method: 'post',
  params: IdParams,
} as const

export const testWebhook = route(
  {
    ...shared,
    path: '/webhooks/:id/test',
    operation: 'testWebhook',
    summary: 'Send a test message to a webhook',
    description: 'Its arrival enables a disabled webhook. Events that waited follow.',
    responses: {
      201: z.object({ notificationId: z.string(), status: z.literal('pending') }),
      202: Accepted,
    },
    problems: ['webhook-not-found', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) => {
    const { api, params } = input
    return respondToCommand(
      { ...input, body: undefined, file: undefined },
      {
        prepare: async () => {
          const { id } = await loadWebhook(api.em(), params.id)
          return { kind: 'test-webhook', targetId: id, payload: { webhookId: id } }
        },
        present: (result) => ({
          status: 201,
          body: result,
          headers: { Location: `/webhooks/${params.id}/deliveries/${result.notificationId}` },
        }),
      },
    )
  },
)

export const rotateWebhookSecret = route(
  {
    ...shared,
    path: '/webhooks/:id/rotate-secret',
    operation: 'rotateWebhookSecret',
    summary: 'Rotate the signing secret of an operators’ webhook',
    description: 'For 24 hours, messages are signed with both secrets.',
    responses: {
      201: WebhookResource.extend({
        url: z.string().optional(),
        secret: z.string().optional(),
        formerUntil: z.string(),
      }).meta({ id: 'WebhookWithRotatedSecret' }),
      202: AcceptedWithSecret,
    },
    problems: ['webhook-not-found', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) => {
    const { api, params } = input
    return respondToCommand(
      { ...input, body: undefined, file: undefined },
      {
        secretField: 'secret',
        prepare: async () => {
          const { id } = await loadWebhook(api.em(), params.id)
          const secret = newSigningSecret()
          const sealedSecret = api.vault.seal(secret, sealContext(id, 'secret'))
          const payload = { webhookId: id, sealedSecret }
          return { kind: 'rotate-webhook-secret', targetId: id, payload, secret }
        },
        present: async (result, secret) => {
          // It may have been deleted before its answer is repeated.
          const webhook = await api.em().findOne(ChannelSchema, { id: params.id, accountId: null })
          return {
            status: 201,
            body: {
              ...result,
              ...(webhook ? { url: urlOf(api, webhook) } : {}),
              ...(secret === undefined ? {} : { secret }),
            },
            headers: { 'Cache-Control': 'no-store' },
          }
        },
      },
    )
  },
)
