import { z } from 'zod'
import { loadKey } from '../../domain/keys/keyStore.ts'
import { readWindows, WindowUsage } from '../../domain/usage/windows.ts'
import { acceptEvents, UsageEvent } from '../acceptEvents.ts'
import { route } from '../guard.ts'
import { answerOnce, idempotencyKeyOf, requestHashOf } from '../idempotency.ts'
import { IdParams } from '../schemas.ts'

export const keyUsage = route(
  {
    method: 'get',
    path: '/api-keys/:id/usage',
    summary: 'Requests, errors and latency of a key in the last 24 hours, 7 and 30 days',
    tag: 'Usage',
    auth: { permission: 'usage:read' },
    params: IdParams,
    responses: {
      200: z.object({
        keyId: z.string(),
        asOf: z.string(),
        windows: z.object({ '24h': WindowUsage, '7d': WindowUsage, '30d': WindowUsage }),
      }),
    },
    problems: ['api-key-not-found'],
  },
  async ({ api, principal, params }) => {
    const em = api.em()
    const key = await loadKey(em, principal.accountId, params.id)
    const now = api.now()
    const windows = (await readWindows(em, [key.id], now)).get(key.id)
    return { status: 200, body: { keyId: key.id, asOf: now.toISOString(), windows } }
  },
)

export const reportEvents = route(
  {
    method: 'post',
    path: '/usage/events',
    summary: 'Report what happened to up to 1,000 requests. The same id counts once within 35 days.',
    tag: 'Usage',
    auth: 'service',
    body: z.strictObject({ events: z.array(UsageEvent).min(1).max(1_000) }),
    responses: { 202: z.object({ accepted: z.int(), duplicates: z.int() }) },
    problems: ['invalid-service-token', 'idempotency-conflict', 'idempotency-in-flight'],
  },
  async ({ api, ctx, body }) => {
    const header = idempotencyKeyOf(ctx.req)
    const scope = await api.serviceTokens.require(ctx.req)
    const requestHash = () => requestHashOf('POST', ctx.path, body)
    const { answer, replayed } = await answerOnce(api, { header, scope, requestHash }, () =>
      acceptEvents(api, body.events),
    )
    const headers: Record<string, string> = replayed ? { 'Idempotent-Replayed': 'true' } : {}
    return { status: 202, body: answer, headers }
  },
)
