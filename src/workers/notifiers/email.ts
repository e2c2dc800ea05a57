import type { Message } from '../../domain/notifications/messageOf.ts'
import { renderEmail } from '../../domain/notifications/renderEmail.ts'
import { openSmtp } from '../../platform/smtp.ts'
import { within } from '../../platform/within.ts'
import { type Outcome, snippet } from './Outcome.ts'

export type Mailer = {
  send: (message: {
    id: string
    message: Message
    to: string
    thread?: string
    now: Date
  }) => Promise<Outcome>
}

/** nodemailer's bounds are per step; this one is for all of them together. */
const TOTAL_MS = 25_000

/** Sends by the SMTP server of `smtpUrl`. `domain` is what message IDs end with. */
export function createMailer(smtpUrl: string, from: string, domain: string): Mailer {
  let opened: ReturnType<typeof openSmtp> | undefined
  return {
    async send({ id, message, to, thread, now }) {
      const { subject, text, html } = renderEmail(message)
      const parent = thread === undefined ? undefined : `<${thread}@${domain}>`
      opened ??= openSmtp(smtpUrl, { connectMs: 10_000, silentMs: 15_000 })
      const transport = await opened
      const sent = transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        html,
        date: now,
        messageId: `<${id}@${domain}>`,
        ...(parent === undefined ? {} : { references: parent, inReplyTo: parent }),
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      try {
        const info = (await within(TOTAL_MS, sent)) as { response?: string }
        return { outcome: 'delivered', status: 250, detail: snippet(info.response ?? '') }
      } catch (error) {
        return failed(error as { code?: string; responseCode?: number; response?: string })
      }
    },
  }
}

function failed({
  code,
  responseCode,
  response,
}: {
  code?: string
  responseCode?: number
  response?: string
}) {
  const detail = snippet(response ?? '') ?? code ?? 'The SMTP server failed.'
  if (responseCode !== undefined) return { outcome: 'rejected', status: responseCode, detail } as const
  return { outcome: code === 'ETIMEDOUT' ? 'timeout' : 'unreachable', detail } as const
}
