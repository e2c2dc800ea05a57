import { audit } from '../../domain/audit/audit.ts'
import { loadNotification } from '../../domain/notifications/channelStore.ts'
import { presentNotification } from '../../domain/notifications/presentNotification.ts'
import { commandJob } from '../commandJob.ts'

/** The same row, so the same ID: its schedule begins again, its log goes on. One that some worker sends just now stays as it is. */
export const redeliverNotification = commandJob(
  'redeliver-notification',
  async ({ em, command, payload, now }) => {
    const id = payload.notificationId
    const notification = await loadNotification(em, command.accountId ?? '', id, { lock: true })
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
      follow: [{ kind: 'job', name: 'deliver-notification', data: { notificationId: id } }],
    }
  },
)
