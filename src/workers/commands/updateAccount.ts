import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { lockAccount } from '../../domain/accounts/accountStore.ts'
import { requireFreeExternalId } from '../../domain/accounts/externalId.ts'
import { audit } from '../../domain/audit/audit.ts'
import type { Command } from '../../domain/commands/Command.ts'
import type { CommandPayload } from '../../domain/commands/catalogue.ts'
import { accountFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { readLimits, requirePlan } from '../../domain/plans/planStore.ts'
import { type Applied, commandJob } from './commandJob.ts'

/** Changes whatever is given. Done when every region has the limits. */
export const updateAccount = commandJob('update-account', ({ em, command, payload, now }) =>
  change(em, command, payload, now),
)

/** The same as `bin/keys` asks for it. */
export const changePlan = commandJob('change-plan', ({ em, command, payload, now }) =>
  change(em, command, payload, now),
)

/** Keys above a smaller plan's number stay; no further ones can be created. Verifiers see the new limits at once. */
async function change(
  em: SqlEntityManager,
  command: Command & { accountId: string },
  { plan, customLimits, ...facts }: CommandPayload<'update-account'>,
  now: Date,
): Promise<Applied> {
  const account = await lockAccount(em, command.accountId)
  if (plan !== undefined) await requirePlan(em, plan)
  const { externalId } = facts
  if (externalId !== undefined && externalId !== null) await requireFreeExternalId(em, externalId, account.id)
  const from = account.plan
  const isNewPlan = plan !== undefined || customLimits !== undefined
  Object.assign(account, facts)
  if (isNewPlan) {
    account.plan = plan ?? account.plan
    account.customLimits = customLimits ?? account.customLimits
    account.version += 1
    audit(em, command, {
      at: now,
      action: 'account.plan-changed',
      targetId: account.id,
      details: { from, to: account.plan, customLimits: account.customLimits },
    })
  }
  const fields = Object.keys(facts).filter((name) => facts[name as keyof typeof facts] !== undefined)
  if (fields.length > 0)
    audit(em, command, { at: now, action: 'account.updated', targetId: account.id, details: { fields } })
  const changed = [
    ...fields,
    ...(plan === undefined ? [] : ['plan']),
    ...(customLimits === undefined ? [] : ['customLimits']),
  ]
  if (changed.length > 0) {
    const data = { account: accountFacts(account), fields: changed }
    recordEvent(em, command, { type: 'account.updated', subject: account.id, at: now, data })
  }
  const limits = await readLimits(em, account)
  return {
    result: { accountId: account.id, plan: account.plan, limits },
    accountIds: isNewPlan ? [account.id] : [],
  }
}
