import { newLinkToken } from '../../domain/accounts/linkToken.ts'
import { leaseReset, recordReset } from '../../domain/accounts/passwordResets.ts'
import type { JobData } from '../../domain/jobs.ts'
import { digestOf } from '../../domain/keys/keyFormat.ts'
import { passwordResetMessage } from '../../domain/notifications/linkMessages.ts'
import type { WorkerContext } from '../context.ts'
import { sendLink } from './sendLink.ts'

/**
 * Sends the email of a password reset. Its link is made here, so that nothing stores it. Safe to run twice, as an
 * invitation's.
 */
export async function sendPasswordReset(
  context: WorkerContext,
  { resetId }: JobData<'send-password-reset'>,
): Promise<void> {
  const { orm, now } = context
  const token = newLinkToken()
  const digest = digestOf(token)
  const email = await orm.em.fork().transactional((em) => leaseReset(em, resetId, digest, now()))
  if (!email) return
  await sendLink(context, {
    to: email.to,
    path: `/dashboard/password-reset#${token}`,
    messageOf: passwordResetMessage,
    record: (isSent) => recordReset(orm.em.fork(), digest, isSent ? now() : null),
  })
}
