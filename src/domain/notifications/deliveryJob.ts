import type { OutboxMessage } from '../jobs.ts'

/** The job that makes the next attempt to deliver a notification, for the outbox. */
export const deliveryJob = (notificationId: string, priority?: number): OutboxMessage => ({
  ...{ kind: 'job', name: 'deliver-notification', data: { notificationId } },
  ...(priority === undefined ? {} : { priority }),
})

/** What has to do with pushed events comes after everything else in the queue: it never delays an alert. */
export const EVENT_PRIORITY = 10

/** The same for a notification that pushes an event. */
export const eventDeliveryJob = (notificationId: string): OutboxMessage =>
  deliveryJob(notificationId, EVENT_PRIORITY)
