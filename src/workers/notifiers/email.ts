import { createTransport } from 'nodemailer'
import type { Message } from '../../domain/notifications/messageOf.ts'
import { renderEmail } from '../../domain/notifications/renderEmail.ts'
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

/**
 * Whether mail may only travel encrypted: `smtp://` begins in the open, and whoever sits between could hide that the
 * server offers STARTTLS. Default: required for every host but this machine; `?requireTLS=false` and `=true` decide
 * otherwise.
 */
export function requiresTls(smtpUrl: string): boolean {
  const { protocol, hostname, searchParams } = new URL(smtpUrl)
  if (protocol === 'smtps:') return false
  const wanted = searchParams.get('requireTLS')
  return wanted === null ? !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname) : wanted !== 'false'
}

/** Sends by the SMTP server of `smtpUrl`. `domain` is what message IDs end with. */
export function createMailer(smtpUrl: string, from: string, domain: string): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    requireTLS: requiresTls(smtpUrl),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 15_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0])
  return {
    async send({ id, message, to, thread, now }) {
      const { subject, text, html } = renderEmail(message)
      const parent = thread === undefined ? undefined : `<${thread}@${domain}>`
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
