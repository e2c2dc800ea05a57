import type { OutboxMessage } from '../jobs.ts'

/** The job that makes the next attempt to deliver a notification, for the outbox. */
export const deliveryJob = (notificationId: string): OutboxMessage => ({
  kind: 'job',
  name: 'deliver-notification',
  data: { notificationId },
})
