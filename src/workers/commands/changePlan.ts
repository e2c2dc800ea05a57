import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { limitsOf } from '../../domain/accounts/plans.ts'
import { audit } from '../../domain/audit/audit.ts'
import { commandJob } from './commandJob.ts'

/** Keys above a smaller plan's number stay; no further ones can be created. Verifiers see the new limits at once. */
export const changePlan = commandJob('change-plan', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  const before = account.plan
  Object.assign(account, {
    plan: payload.plan ?? account.plan,
    customLimits: payload.customLimits ?? account.customLimits,
    version: account.version + 1,
  })
  audit(em, command, {
    at: now,
    action: 'account.plan-changed',
    targetId: account.id,
    details: { from: before, to: account.plan, customLimits: account.customLimits },
  })
  const limits = limitsOf(account.plan, account.customLimits)
  return { result: { accountId: account.id, plan: account.plan, limits }, accountIds: [account.id] }
})
