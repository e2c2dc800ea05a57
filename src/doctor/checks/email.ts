import { type Check, found } from '../Check.ts'
import type { ProbeFailure } from '../Facts.ts'

type EmailCheck = Omit<Check, 'area' | 'severity' | 'look'>

/** A check of why the SMTP server could not be used. */
const failure = (kind: ProbeFailure['kind'], about: EmailCheck, expected: string): Check => ({
  ...about,
  area: 'Email',
  severity: 'error',
  look: ({ smtp }) =>
    smtp && (smtp.ok || smtp.failure.kind !== kind ? [] : [{ found: smtp.failure.reason, expected }]),
})

const LOCAL = /@(localhost|.*\.local(host|domain)?)>?$/

export const emailChecks: Check[] = [
  failure(
    'away',
    {
      id: 'smtp-unreachable',
      why: 'The SMTP server cannot be reached, does not answer within 5 s, or refuses to talk to this machine.',
      fix: 'Check the host and port of `SMTP_URL`. Many providers block port 25: use 587 or 465.',
    },
    'an answer within 5 s',
  ),
  failure(
    'login',
    {
      id: 'smtp-login',
      why: 'The SMTP server refuses the user or the password of `SMTP_URL`.',
      fix: 'Check both. Characters such as `@` and `/` are percent-encoded.',
    },
    'a login',
  ),
  failure(
    'tls',
    {
      id: 'smtp-tls',
      why: 'The SMTP server offers no STARTTLS, does not speak TLS where `smtps:` says so, or its certificate is not valid.',
      fix: 'Use `smtp:` with port 587, or `smtps:` with port 465. `?requireTLS=false` sends in the open.',
    },
    'TLS with a valid certificate',
  ),
  {
    id: 'smtp-missing',
    area: 'Email',
    severity: 'error',
    why: 'Customers have email channels, and there is no `SMTP_URL`: their alerts do not arrive.',
    fix: 'Set `SMTP_URL`, `MAIL_FROM` and `PUBLIC_URL`.',
    look: ({ postgres, env }) => {
      const stored = postgres?.ok ? postgres.value.stored : undefined
      return (
        stored &&
        found(stored.emailChannels > 0 && env.SMTP_URL === undefined, {
          found: `${stored.emailChannels} email channels, and no SMTP_URL`,
          expected: 'SMTP_URL',
        })
      )
    },
  },
  {
    id: 'mail-from-local',
    area: 'Email',
    severity: 'warning',
    why: '`MAIL_FROM` is an address of this machine only. Other servers refuse such mail or take it for spam.',
    fix: 'Set it to an address of a domain that this SMTP server may send for (SPF, DKIM).',
    look: ({ env: { SMTP_URL, MAIL_FROM = '' } }) =>
      SMTP_URL === undefined
        ? undefined
        : found(LOCAL.test(MAIL_FROM) && !/\/\/([^@/]*@)?(localhost|127\.|\[::1\])/.test(SMTP_URL), {
            found: MAIL_FROM,
            expected: 'an address of your domain',
          }),
  },
]
