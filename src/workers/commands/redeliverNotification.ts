import { audit } from '../../domain/audit/audit.ts'
import { Failure } from '../../domain/failure.ts'
import { loadNotification } from '../../domain/notifications/channelStore.ts'
import { deliveryJob } from '../../domain/notifications/deliveryJob.ts'
import { presentNotification } from '../../domain/notifications/presentNotification.ts'
import { requireTestBudget } from '../../domain/notifications/testBudget.ts'
import { commandJob } from './commandJob.ts'

/**
 * The row and its ID stay the same. Its schedule starts again, and its log continues. A notification that a worker is
 * sending now stays as it is.
 */
export const redeliverNotification = commandJob(
  'redeliver-notification',
  async ({ em, command, payload, now }) => {
    const id = payload.notificationId
    const notification = await loadNotification(em, command.accountId, id, { lock: true })
    if (notification.type === 'channel.verify')
      throw new Failure('notification-not-redeliverable', {
        detail: 'A confirmation link is not sent again. Test the channel: it gets a new one.',
      })
    if (notification.type === 'alert.test') await requireTestBudget(em, notification.accountId, now)
    const isSending = notification.leasedUntil && notification.leasedUntil > now
    if (!isSending) {
      Object.assign(notification, {
        status: 'pending',
        nextAttemptAt: now,
        finishedAt: null,
        turnBeganAt: notification.attempts,
      })
    }
    audit(em, command, { at: now, action: 'notification.redelivered', targetId: id })
    return {
      result: presentNotification(notification),
      follow: [deliveryJob(id)],
    }
  },
)
