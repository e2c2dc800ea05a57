import { z } from 'zod'
import type { KnownToken } from '../../../verifier/KnownTokens.ts'
import { acceptEvents, EventReport } from '../../acceptEvents.ts'
import { cloudEventForm } from '../../cloudEventForm.ts'
import { CLOUD_EVENT, CLOUD_EVENTS, CloudEvent, CloudEventBatch, fromCloudEvents } from '../../cloudEvents.ts'
import type { ApiContext } from '../../context.ts'
import { route } from '../../guard.ts'
import { answerOnce, idempotencyKeyOf, requestHashOf } from '../../idempotency.ts'
import { compile } from '../../validate.ts'

const Body = compile(z.strictObject({ events: z.array(EventReport).min(1).max(1_000) }))

export const reportUsageEvents = route(
  {
    method: 'post',
    path: '/usage/events',
    operation: 'reportUsageEvents',
    summary: 'Report usage events',
    description: 'Up to 1,000 events, also as CloudEvents. An event `id` counts once in 35 days.',
    tag: 'Usage',
    auth: { service: 'report' },
    pool: 'verification',
    body: Body,
    bodyForm: cloudEventForm,
    furtherBodies: { [CLOUD_EVENTS]: CloudEventBatch, [CLOUD_EVENT]: CloudEvent },
    responses: { 202: z.object({ accepted: z.int(), duplicates: z.int() }) },
    problems: [
      'invalid-service-token',
      'insufficient-permissions',
      'idempotency-conflict',
      'idempotency-in-flight',
    ],
  },
  async ({ api, ctx, body, principal: token }) => {
    const header = idempotencyKeyOf(ctx.req)
    const requestHash = () => requestHashOf('POST', ctx.path, body)
    const { answer, replayed } = await answerOnce(api, { header, scope: token.id, requestHash }, () =>
      accept(api, token, body),
    )
    const headers: Record<string, string> = replayed ? { 'Idempotent-Replayed': 'true' } : {}
    return { status: 202, body: answer, headers }
  },
)

function accept(api: ApiContext, token: KnownToken, body: z.infer<typeof Body> | CloudEvent | CloudEvent[]) {
  if (isOwn(body)) return acceptEvents(api, token, body.events)
  const { events, nameOf } = fromCloudEvents(body, api.now())
  return acceptEvents(api, token, events, nameOf)
}

const isOwn = (body: object): body is z.infer<typeof Body> => !Array.isArray(body) && !('specversion' in body)
