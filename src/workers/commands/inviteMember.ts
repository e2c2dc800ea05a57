import {
  loadMember,
  lockAccount,
  requireFreeEmail,
  requireMemberRoom,
} from '../../domain/accounts/accountStore.ts'
import { invite } from '../../domain/accounts/invitationStore.ts'
import { MemberSchema } from '../../domain/accounts/Member.ts'
import { presentMember } from '../../domain/accounts/presentMember.ts'
import { audit } from '../../domain/audit/audit.ts'
import { memberFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { Failure } from '../../domain/failure.ts'
import { requireRole } from '../../domain/keys/holding.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { noPassword } from '../../platform/passwordHash.ts'
import { commandJob } from './commandJob.ts'

/** A member who holds nothing until they accept. Nothing here depends on whether anybody has the address elsewhere. */
export const inviteMember = commandJob('invite-member', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  requireRole(await loadHolder(em, command), payload.role, 'role')
  await requireMemberRoom(em, account.id)
  await requireFreeEmail(em, account.id, payload.email)
  const { memberId, email, name, role, link } = payload
  const member = em.create(MemberSchema, {
    id: memberId,
    accountId: account.id,
    email,
    name,
    role,
    status: 'invited',
    passwordHash: noPassword(),
    createdAt: now,
  })
  await em.persist(member).flush()
  const { invitation, follow } = await invite(em, member, link, now)
  audit(em, command, { at: now, action: 'member.invited', targetId: memberId, details: { email, role } })
  const data = { member: memberFacts(member) }
  recordEvent(em, command, { type: 'member.invited', subject: member.id, at: now, data })
  return { result: { ...presentMember(member), invitation }, follow }
})

/** A new link for a member who has not accepted yet. The previous link ends. */
export const renewInvitation = commandJob('renew-invitation', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  const member = await loadMember(em, account.id, payload.memberId)
  requireRole(await loadHolder(em, command), member.role, 'role')
  if (member.status !== 'invited')
    throw new Failure('member-not-invited', { detail: 'This member is not invited: they can sign in.' })
  const { invitation, follow } = await invite(em, member, payload.link, now)
  const details = { email: member.email, role: member.role }
  audit(em, command, { at: now, action: 'member.invited', targetId: member.id, details })
  const data = { member: memberFacts(member) }
  recordEvent(em, command, { type: 'member.invited', subject: member.id, at: now, data })
  return { result: { ...presentMember(member), invitation }, follow }
})
