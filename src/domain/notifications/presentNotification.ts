import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { EVENT_TYPE_NAMES } from '../events/eventTypes.ts'
import { MESSAGE_TYPES, type Notification } from './Notification.ts'

const instant = z.string().nullable()

export const NotificationResource = z
  .object({
    id: z.string(),
    type: z.enum([...new Set([...MESSAGE_TYPES, ...EVENT_TYPE_NAMES])]),
    channelId: z.string(),
    alertId: z.string().nullable(),
    incidentId: z.string().nullable(),
    eventId: z.string().nullable().default(null).describe('The lifecycle event that it pushes'),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    nextAttemptAt: instant,
    createdAt: z.string(),
    finishedAt: instant,
  })
  .meta({ id: 'Notification' })

export const DeliveryAttempt = z
  .object({
    number: z.int(),
    at: z.string(),
    durationMs: z.int(),
    outcome: z.enum(['delivered', 'rejected', 'gone', 'timeout', 'unreachable', 'refused', 'not-sent']),
    status: z.int().nullable().describe('The HTTP or SMTP status'),
    response: z.string().nullable().describe('The start of the receiver’s response, or the error'),
  })
  .meta({ id: 'DeliveryAttempt' })

export function presentNotification(one: Notification): z.infer<typeof NotificationResource> {
  return {
    id: one.id,
    type: one.type,
    channelId: one.channelId,
    alertId: one.ruleId ?? null,
    incidentId: one.incidentId ?? null,
    eventId: one.eventId ?? null,
    status: one.status,
    attempts: one.attempts,
    nextAttemptAt: one.nextAttemptAt?.toISOString() ?? null,
    createdAt: one.createdAt.toISOString(),
    finishedAt: one.finishedAt?.toISOString() ?? null,
  }
}

type Row = {
  number: number
  at: Date | string
  duration_ms: number
  outcome: z.infer<typeof DeliveryAttempt>['outcome']
  status: number | null
  detail: string | null
}

/** The log of a notification that was read before: as many attempts as that had then, oldest first. */
export async function readAttempts(
  em: SqlEntityManager,
  { id, attempts }: Pick<Notification, 'id' | 'attempts'>,
): Promise<z.infer<typeof DeliveryAttempt>[]> {
  const rows = await em.execute<Row[]>(
    `select number, at, duration_ms, outcome, status, detail from delivery_attempt
     where notification_id = ? and number <= ? order by number`,
    [id, attempts],
  )
  return rows.map(({ number, at, duration_ms, outcome, status, detail }) => ({
    number,
    at: new Date(at).toISOString(),
    durationMs: duration_ms,
    outcome,
    status,
    response: detail,
  }))
}
