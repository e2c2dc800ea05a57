import { z } from 'zod'
import { OPERATOR_PATTERNS } from '../domain/events/eventPatterns.ts'
import { type Channel, sealContext } from '../domain/notifications/Channel.ts'
import { presentWebhook } from '../domain/notifications/presentWebhook.ts'
import type { ApiContext } from './context.ts'

/** What a list of event types may have, where `patterns` may be subscribed to. */
export const eventList = (patterns: readonly [string, ...string[]]) =>
  z
    .array(z.enum(patterns))
    .max(100)
    .transform((events) => [...new Set(events)])

export const WebhookUrl = z.string().min(1).max(2_048)

export const WebhookEvents = eventList(OPERATOR_PATTERNS).refine(
  (events) => events.length > 0,
  'must have at least one type, or "*" for all',
)

export const urlOf = (api: ApiContext, webhook: Channel): string =>
  api.vault.open(webhook.sealedTarget, sealContext(webhook.id, 'target'))

/** A webhook of the operators as they see it. */
export const showWebhook = (api: ApiContext, webhook: Channel) => ({
  ...presentWebhook(webhook),
  url: urlOf(api, webhook),
})
