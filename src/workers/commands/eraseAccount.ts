import { lockStatus } from '../../domain/accounts/accountStatus.ts'
import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { auditOperators } from '../../domain/audit/audit.ts'
import { noteErasure } from '../../domain/erasure/erasing.ts'
import { commandJob } from './commandJob.ts'

/**
 * Ends an account: from the commit on nobody can sign in to it or change it. Every region must refuse its keys, then
 * `remove-account-data` deletes what it has (see whenFinished.ts), and the command is done when that is.
 */
export const eraseAccount = commandJob('erase-account', async ({ em, command, now }) => {
  const account = await lockAccount(em, command.accountId)
  await lockStatus(em, account.id)
  if (!account.erasingAt) {
    Object.assign(account, { erasingAt: now, version: account.version + 1 })
    auditOperators(em, command, { at: now, action: 'account.erased', targetId: account.id })
    await noteErasure(em, account.id, now)
    await em.flush()
    await em.execute(
      'delete from session where member_id in (select id from member where account_id = ?) returning 1',
      [account.id],
    )
  }
  return {
    result: { accountId: account.id, operationId: command.id },
    accountIds: [account.id],
    ended: { kind: 'account-erased', subject: account.id },
  }
})
