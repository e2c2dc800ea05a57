import { newId } from '../../domain/ids.ts'
import type { Message } from '../../domain/notifications/messageOf.ts'
import type { WorkerContext } from '../context.ts'
import type { Outcome } from '../notifiers/Outcome.ts'

type LinkEmail = {
  to: string
  /** Of the page, with the token behind `#`: browsers send that part to nobody. */
  path: string
  messageOf: (link: string) => Message
  record: (isSent: boolean) => Promise<void>
}

/** Sends a link by email. Throws, for the job to be tried again, unless it was sent or refused for good. */
export async function sendLink(
  { notifiers, now, log, metrics }: WorkerContext,
  { to, path, messageOf, record }: LinkEmail,
): Promise<void> {
  const { mailer, publicUrl } = notifiers
  const outcome: Outcome =
    mailer && publicUrl !== undefined
      ? await mailer.send({
          id: newId('notification'),
          message: messageOf(`${publicUrl}${path}`),
          to,
          now: now(),
        })
      : { outcome: 'unreachable', detail: 'This worker has no SMTP_URL or no PUBLIC_URL.' }
  metrics.deliveries.inc({ channel: 'email', outcome: outcome.outcome })
  await record(outcome.outcome === 'delivered')
  if (outcome.outcome === 'delivered') return
  const facts = { outcome: outcome.outcome, status: outcome.status }
  if ((outcome.status ?? 0) >= 500) log.warn(facts, 'the SMTP server refuses an email with a link')
  else throw new Error(`An email with a link was not sent: ${outcome.outcome}`)
}
