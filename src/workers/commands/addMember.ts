import { lockAccount, requireFreeEmail, requireMemberRoom } from '../../domain/accounts/accountStore.ts'
import { MemberSchema } from '../../domain/accounts/Member.ts'
import { presentMember } from '../../domain/accounts/presentMember.ts'
import { audit } from '../../domain/audit/audit.ts'
import { memberFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { requireRole } from '../../domain/keys/holding.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { commandJob } from './commandJob.ts'

/** A member with a password that opens this account alone, whoever else has this address. */
export const addMember = commandJob('add-member', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  requireRole(await loadHolder(em, command), payload.role, 'role')
  await requireMemberRoom(em, account.id)
  await requireFreeEmail(em, account.id, payload.email)
  const { memberId, ...fields } = payload
  const member = em.create(MemberSchema, { ...fields, id: memberId, accountId: account.id, createdAt: now })
  em.persist(member)
  audit(em, command, {
    at: now,
    action: 'member.added',
    targetId: memberId,
    details: { email: payload.email, role: payload.role },
  })
  const data = { member: memberFacts(member) }
  recordEvent(em, command, { type: 'member.added', subject: memberId, at: now, data })
  return { result: presentMember(member) }
})
