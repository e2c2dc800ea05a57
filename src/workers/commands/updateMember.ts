import {
  loadMember,
  lockAccount,
  passwordIsPersonal,
  requireOtherAdmin,
} from '../../domain/accounts/accountStore.ts'
import { endInvitation } from '../../domain/accounts/invitationStore.ts'
import { presentMember } from '../../domain/accounts/presentMember.ts'
import { SessionSchema } from '../../domain/accounts/Session.ts'
import { audit } from '../../domain/audit/audit.ts'
import { memberFacts } from '../../domain/events/eventData.ts'
import { recordEvent } from '../../domain/events/recordEvent.ts'
import { requireMemberEdit } from '../../domain/keys/holding.ts'
import { loadHolder } from '../../domain/keys/loadHolder.ts'
import { commandJob } from './commandJob.ts'

/** A new password ends every session of the member. */
export const updateMember = commandJob('update-member', async ({ em, command, payload, now }) => {
  const account = await lockAccount(em, command.accountId)
  const member = await loadMember(em, account.id, payload.memberId)
  // Their own password, which the api has asked for the current one: everybody may.
  const isOwn = command.actor.type === 'member' && command.actor.id === member.id
  if (!isOwn || payload.role !== undefined || payload.name !== undefined) {
    const hasPassword = payload.passwordHash !== undefined
    requireMemberEdit(await loadHolder(em, command), member.role, { role: payload.role, hasPassword })
  }
  if (payload.role !== undefined && payload.role !== 'admin') await requireOtherAdmin(em, member)
  if (payload.role !== undefined) member.role = payload.role
  if (payload.name !== undefined) member.name = payload.name
  if (payload.passwordHash !== undefined) {
    if (member.personId) throw passwordIsPersonal()
    // Whoever has a password needs no invitation.
    if (member.status === 'invited') await endInvitation(em, member.id)
    member.status = 'active'
    member.passwordHash = payload.passwordHash
    // First the member's row, which a sign-in by the old password locks, then the sessions: none is left (see
    // insertSession).
    await em.flush()
    await em.nativeDelete(SessionSchema, { memberId: member.id })
  }
  const fields = Object.keys(payload)
    .filter((field) => field !== 'memberId')
    .map((field) => (field === 'passwordHash' ? 'password' : field))
  audit(em, command, {
    at: now,
    action: 'member.updated',
    targetId: member.id,
    details: {
      fields,
      role: member.role,
    },
  })
  const data = { member: memberFacts(member), fields }
  recordEvent(em, command, { type: 'member.updated', subject: member.id, at: now, data })
  return { result: presentMember(member) }
})
