import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { Failure } from '../../domain/failure.ts'
import { loadNotification } from '../../domain/notifications/channelStore.ts'
import { presentNotification } from '../../domain/notifications/presentNotification.ts'
import { sendAgain } from '../../domain/notifications/sendAgain.ts'
import { requireTestBudget } from '../../domain/notifications/testBudget.ts'
import { commandJob } from './commandJob.ts'

export const redeliverNotification = commandJob(
  'redeliver-notification',
  async ({ em, command, payload, now }) => {
    const id = payload.notificationId
    await lockAccount(em, command.accountId)
    const notification = await loadNotification(em, command.accountId, id, { lock: true })
    if (notification.type === 'channel.verify')
      throw new Failure('notification-not-redeliverable', {
        detail: 'A confirmation link is not sent again. Test the channel: it gets a new one.',
      })
    if (notification.type === 'alert.test') await requireTestBudget(em, command.accountId, now)
    const job = sendAgain(notification, now)
    audit(em, command, { at: now, action: 'notification.redelivered', targetId: id })
    return {
      result: presentNotification(notification),
      follow: [job],
    }
  },
)
