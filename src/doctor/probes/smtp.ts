import { factsOf } from '../../platform/errorFacts.ts'
import { openSmtp } from '../../platform/smtp.ts'
import type { Probed } from '../Facts.ts'
import { isOfTls, PROBE_MS, passwordOf, probe } from './probe.ts'

/** Less than a probe may take, so that the reason is known. */
const BOUND_MS = PROBE_MS - 1_000

/** Signs in to the SMTP server, and sends nothing. */
export function probeSmtp(smtpUrl: string): Promise<Probed<true>> {
  return probe(
    async () => {
      const transport = await openSmtp(smtpUrl, { connectMs: BOUND_MS, silentMs: BOUND_MS })
      try {
        return await transport.verify()
      } finally {
        transport.close()
      }
    },
    { kindOf, secret: passwordOf(smtpUrl) },
  )
}

function kindOf(error: unknown) {
  const { code, message } = factsOf(error)
  if (code === 'EAUTH' || code === 'ENOAUTH') return 'login'
  if (code === 'ETLS' || isOfTls(error) || /STARTTLS/.test(String(message))) return 'tls'
  return 'away'
}
