import { EVENT_PRIORITY } from '../../domain/notifications/deliveryJob.ts'
import type { WorkerContext } from '../context.ts'

/** Longer than a job that is on its way needs. */
const LOST_MS = 10_000

/** How long a job that was sent here is not sent again. */
const AGAIN_MS = 60_000

const MANY = 1_000

/**
 * Sends again the jobs of notifications that are due and that nobody delivers: their queue was away, or a worker
 * died. Safe to run twice: of two jobs one has the lease.
 */
export async function sweepNotifications({ orm, queues, now, log }: WorkerContext): Promise<void> {
  const at = now().getTime()
  const lost = await orm.em.fork().execute<{ id: string; attempts: number; isEvent: boolean }[]>(
    `select id, attempts, event_id is not null as "isEvent" from notification
     where status = 'pending' and next_attempt_at <= ? and (leased_until is null or leased_until <= ?)
     order by next_attempt_at limit ?`,
    [new Date(at - LOST_MS), new Date(at), MANY],
  )
  const turn = Math.floor(at / AGAIN_MS)
  for (const { id, attempts, isEvent } of lost)
    await queues.add('deliver-notification', { notificationId: id }, `${id}-${attempts}-sweep-${turn}`, {
      priority: isEvent ? EVENT_PRIORITY : undefined,
    })
  if (lost.length > 0) log.warn({ notifications: lost.length }, 'sweeping notifications')
}
