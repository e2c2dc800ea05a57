import { loadMember, lockAccount, requireOtherAdmin } from '../../domain/accounts/accountStore.ts'
import { forgetPerson } from '../../domain/accounts/personStore.ts'
import { audit } from '../../domain/audit/audit.ts'
import { pseudonymise } from '../../domain/audit/pseudonymise.ts'
import { memberFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { requireRole } from '../../domain/keys/holding.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { commandJob } from './commandJob.ts'

/** Their sessions end with them, and their email leaves the account's records; keys they created stay. */
export const removeMember = commandJob('remove-member', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  const member = await loadMember(em, account.id, payload.memberId)
  requireRole(await loadHolder(em, command), member.role, 'role')
  await requireOtherAdmin(em, member)
  const { personId } = member
  await em.remove(member).flush()
  if (personId) await forgetPerson(em, personId)
  await pseudonymise(em, member.id)
  audit(em, command, { at: now, action: 'member.removed', targetId: member.id })
  const data = { member: memberFacts(member) }
  recordEvent(em, command, { type: 'member.removed', subject: member.id, at: now, data })
  return { result: { id: member.id } }
})
