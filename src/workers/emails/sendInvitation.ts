import { newLinkToken } from '../../domain/accounts/linkToken.ts'
import { claimInvitation, recordInvitation } from '../../domain/accounts/sendInvitation.ts'
import type { JobData } from '../../domain/jobs.ts'
import { digestOf } from '../../domain/keys/keyFormat.ts'
import { invitationMessage } from '../../domain/notifications/linkMessages.ts'
import type { WorkerContext } from '../context.ts'
import { sendLink } from './sendLink.ts'

/**
 * Sends the email of an invitation. Its link is made here, so that nothing stores it. Safe to run twice: one run has
 * the lease. A run after one whose outcome is not known sends another link, and only that one is valid.
 */
export async function sendInvitation(
  context: WorkerContext,
  { memberId }: JobData<'send-invitation'>,
): Promise<void> {
  const { orm, notifiers, now } = context
  const token = newLinkToken()
  const digest = digestOf(token)
  const email = await orm.em
    .fork()
    .transactional((em) => claimInvitation(em, memberId, digest, notifiers.vault.hashesOf, now()))
  if (!email) return
  await sendLink(context, {
    to: email.to,
    path: `/dashboard/invitations#${token}`,
    messageOf: invitationMessage,
    record: (isSent) =>
      orm.em.fork().transactional((em) => recordInvitation(em, digest, email, { isSent, now: now() })),
  })
}
