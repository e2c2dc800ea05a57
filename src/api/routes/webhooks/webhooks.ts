import { z } from 'zod'
import { newId } from '../../../domain/ids.ts'
import { ChannelSchema, sealContext } from '../../../domain/notifications/Channel.ts'
import { WebhookResource } from '../../../domain/notifications/presentWebhook.ts'
import { loadWebhook } from '../../../domain/notifications/webhookStore.ts'
import { newSigningSecret, readUrl } from '../../../domain/notifications/webhookUrl.ts'
import { route } from '../../guard.ts'
import { respondToCommand } from '../../respondToCommand.ts'
import { Accepted, AcceptedWithSecret, IdParams, name as nameOf } from '../../schemas.ts'
import { showWebhook, urlOf, WebhookEvents, WebhookUrl } from '../../webhookInput.ts'

const shared = { tag: 'Operators', auth: { operator: 'webhooks:manage' } } as const

const Secret = z.string().optional().describe('The signing secret. Only this response shows it')

export const listWebhooks = route(
  {
    ...shared,
    method: 'get',
    path: '/webhooks',
    operation: 'listWebhooks',
    summary: 'List webhooks',
    description: 'Oldest first.',
    responses: { 200: z.object({ webhooks: z.array(WebhookResource) }) },
    problems: [],
  },
  async ({ api }) => {
    const order = { orderBy: { createdAt: 'asc', id: 'asc' } } as const
    const webhooks = await api.em().find(ChannelSchema, { accountId: null }, order)
    return { status: 200, body: { webhooks: webhooks.map((webhook) => showWebhook(api, webhook)) } }
  },
)

export const createWebhook = route(
  {
    ...shared,
    method: 'post',
    path: '/webhooks',
    operation: 'createWebhook',
    summary: 'Create a webhook',
    description:
      'Lifecycle events of all accounts are posted to it, from the next one on. It receives a test message first.',
    body: z
      .strictObject({
        url: WebhookUrl,
        events: WebhookEvents,
        name: nameOf(100).optional().describe('Default: the host of the URL'),
      })
      .meta({ id: 'NewWebhook' }),
    responses: {
      201: WebhookResource.extend({ secret: Secret }).meta({ id: 'WebhookWithSecret' }),
      202: AcceptedWithSecret,
    },
    problems: ['webhook-limit-reached', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  (input) => {
    const { api, body } = input
    const { href: url, host } = readUrl(body.url, api.env.WEBHOOK_ALLOW_PRIVATE)
    const { name = host, events } = body
    return respondToCommand(input, {
      secretField: 'secret',
      prepare: async () => {
        const webhookId = newId('webhook')
        const secret = newSigningSecret()
        const payload = {
          ...{ webhookId, name, events },
          sealedTarget: api.vault.seal(url, sealContext(webhookId, 'target')),
          sealedSecret: api.vault.seal(secret, sealContext(webhookId, 'secret')),
        }
        return { kind: 'create-webhook', targetId: webhookId, payload, secret }
      },
      present: (result, secret) => ({
        status: 201,
        body: { ...result, url, ...(secret === undefined ? {} : { secret }) },
        headers: { Location: `/webhooks/${result.id}`, 'Cache-Control': 'no-store' },
      }),
    })
  },
)

export const getWebhook = route(
  {
    ...shared,
    method: 'get',
    path: '/webhooks/:id',
    operation: 'getWebhook',
    summary: 'Get a webhook',
    params: IdParams,
    responses: { 200: WebhookResource },
    problems: ['webhook-not-found'],
  },
  async ({ api, params }) => ({
    status: 200,
    body: showWebhook(api, await loadWebhook(api.em(), params.id)),
  }),
)

export const updateWebhook = route(
  {
    ...shared,
    method: 'patch',
    path: '/webhooks/:id',
    operation: 'updateWebhook',
    summary: 'Update a webhook',
    description:
      'Renames it, or changes its URL or its events. A new URL receives a test message and enables the webhook. The signing secret stays the same.',
    params: IdParams,
    body: z
      .strictObject({ url: WebhookUrl, events: WebhookEvents, name: nameOf(100) })
      .partial()
      .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field')
      .meta({ id: 'WebhookChanges' }),
    responses: { 200: WebhookResource, 202: Accepted },
    problems: ['webhook-not-found'],
  },
  async (input) => {
    const { api, params, body } = input
    const webhook = await loadWebhook(api.em(), params.id)
    const present = urlOf(api, webhook)
    const target = body.url === undefined ? present : readUrl(body.url, api.env.WEBHOOK_ALLOW_PRIVATE).href
    const payload = {
      webhookId: webhook.id,
      name: body.name ?? null,
      events: body.events ?? null,
      sealedTarget: target === present ? null : api.vault.seal(target, sealContext(webhook.id, 'target')),
    }
    return respondToCommand(input, {
      prepare: async () => ({ kind: 'update-webhook', targetId: webhook.id, payload }),
      present: (result) => ({ status: 200, body: { ...result, url: target } }),
    })
  },
)

export const deleteWebhook = route(
  {
    ...shared,
    method: 'delete',
    path: '/webhooks/:id',
    operation: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'Events that have not been delivered yet are dropped.',
    params: IdParams,
    responses: { 204: null, 202: Accepted },
    problems: ['webhook-not-found'],
  },
  (input) =>
    respondToCommand(
      { ...input, body: undefined, file: undefined },
      {
        prepare: async () => {
          const { id } = await loadWebhook(input.api.em(), input.params.id)
          return { kind: 'delete-webhook', targetId: id, payload: { webhookId: id } }
        },
        present: () => ({ status: 204 }),
      },
    ),
)
