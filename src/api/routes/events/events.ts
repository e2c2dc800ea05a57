import { z } from 'zod'
import { readEvents } from '../../../domain/events/eventStore.ts'
import { EVENT_TYPE_NAMES, type EventType } from '../../../domain/events/eventTypes.ts'
import { LifecycleEvent, presentEvent } from '../../../domain/events/presentEvent.ts'
import { within } from '../../../platform/within.ts'
import type { ApiContext } from '../../context.ts'
import { route } from '../../guard.ts'
import { limitOf, text } from '../../schemas.ts'

/** What has committed is usually in the record already; a read waits no longer for the rest. */
const RELAY_MS = 1_000

export const listEvents = route(
  {
    method: 'get',
    path: '/events',
    operation: 'listEvents',
    summary: 'Read lifecycle events',
    description:
      'In the order in which they were recorded; those of one account in the order of its changes. Kept for 30 days. Go on from `nextCursor`, now or later: it is never null, and at the end it stays the same.',
    tag: 'Operators',
    auth: { operator: 'events:read' },
    query: z.strictObject({
      after: z
        .string()
        .regex(/^(\d{1,18}|evt_\w{1,60})$/, 'must be a `nextCursor` or the ID of an event')
        .optional()
        .describe('`nextCursor` of an earlier page, or the ID of an event. Default: from the oldest event'),
      types: z
        .string()
        .max(1_000)
        .refine(
          (list) => list.split(',').every((type) => (EVENT_TYPE_NAMES as readonly string[]).includes(type)),
          'must be types of events, separated by commas',
        )
        .transform((list) => list.split(',') as EventType[])
        .optional()
        .describe('Only these, separated by commas'),
      accountId: text(64).optional().describe('Only events of this account'),
      limit: limitOf(1_000, 100),
    }),
    responses: { 200: z.object({ events: z.array(LifecycleEvent), nextCursor: z.string() }) },
    problems: ['cursor-expired'],
  },
  async ({ api, query }) => {
    await relay(api)
    const { events, next } = await readEvents(api.em(), query)
    return { status: 200, body: { events: events.map(presentEvent), nextCursor: next } }
  },
)

/** A caller whose change was answered finds its event, even before a worker has moved it into the record. */
async function relay(api: ApiContext): Promise<void> {
  await within(RELAY_MS, api.events.relay()).catch((error) =>
    api.log.seldom.warn({ reason: error.message }, 'events could not be moved into the record'),
  )
}
