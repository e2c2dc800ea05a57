import type { OutboxMessage } from '../jobs.ts'
import { deliveryJob, eventDeliveryJob } from './deliveryJob.ts'
import type { Notification } from './Notification.ts'

/**
 * Starts the schedule of a locked notification again, and returns the job for the outbox. Its row and its ID stay the
 * same, and its log continues. A notification that a worker is sending now stays as it is.
 */
export function sendAgain(notification: Notification, now: Date): OutboxMessage {
  const isSending = notification.leasedUntil && notification.leasedUntil > now
  if (!isSending)
    Object.assign(notification, {
      status: 'pending',
      nextAttemptAt: now,
      finishedAt: null,
      turnBeganAt: notification.attempts,
    })
  return notification.eventId ? eventDeliveryJob(notification.id) : deliveryJob(notification.id)
}
