import { z } from 'zod'
import { acceptEvents, UsageEvent } from '../acceptEvents.ts'
import { route } from '../guard.ts'
import { answerOnce, idempotencyKeyOf, requestHashOf } from '../idempotency.ts'
import { compile } from '../validate.ts'

const Body = compile(z.strictObject({ events: z.array(UsageEvent).min(1).max(1_000) }))

export const reportEvents = route(
  {
    method: 'post',
    path: '/usage/events',
    summary: 'Report what happened to up to 1,000 requests. The same id counts once within 35 days.',
    tag: 'Usage',
    auth: 'service',
    body: Body,
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
