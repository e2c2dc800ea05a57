import type { Account } from '../../domain/accounts/Account.ts'
import { lockStatus } from '../../domain/accounts/accountStatus.ts'
import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { accountFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import type { JournalKind } from '../../domain/journal/JournalEntry.ts'
import { type Applied, commandJob } from './commandJob.ts'

/**
 * Commits the suspension and its version, then every region must confirm before the command is done. An account that is
 * suspended already stays as it is, but its state is propagated again: an answer always means "refused everywhere".
 */
export const suspendAccount = commandJob('suspend-account', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  await lockStatus(em, account.id)
  const repeats = account.suspendedAt !== null
  if (!repeats) {
    const { reason } = payload
    Object.assign(account, {
      suspendedAt: now,
      suspendedReason: reason,
      version: account.version + 1,
    })
    audit(em, command, {
      at: now,
      action: 'account.suspended',
      targetId: account.id,
      details: { reason },
    })
    const data = { account: accountFacts(account) }
    recordEvent(em, command, { type: 'account.suspended', subject: account.id, at: now, data })
  }
  return changed(account, 'account-suspended', repeats)
})

/** Everything is as it was: keys, limits and expiries have not been touched. */
export const resumeAccount = commandJob('resume-account', async ({ em, command, now }) => {
  const account = await lockAccount(em, command.accountId)
  const repeats = account.suspendedAt === null
  if (account.suspendedAt) {
    const since = account.suspendedAt.toISOString()
    Object.assign(account, {
      suspendedAt: null,
      suspendedReason: null,
      lastSuspendedAt: account.suspendedAt,
      lastResumedAt: now,
      version: account.version + 1,
    })
    audit(em, command, { at: now, action: 'account.resumed', targetId: account.id, details: { since } })
    const data = { account: accountFacts(account) }
    recordEvent(em, command, { type: 'account.resumed', subject: account.id, at: now, data })
  }
  return changed(account, 'account-resumed', repeats)
})

const changed = ({ id }: Account, kind: JournalKind, repeats: boolean): Applied => ({
  result: { accountId: id },
  accountIds: [id],
  ended: { kind, subject: id },
  repeats,
})
