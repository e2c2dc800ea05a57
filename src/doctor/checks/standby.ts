import { type Check, found } from '../Check.ts'

type StandbyCheck = Pick<Check, 'id' | 'why' | 'fix'>

/** Reads go to the primary meanwhile, so none of it is an error. */
const check = (about: StandbyCheck, look: Check['look']): Check => ({
  ...about,
  area: 'Postgres',
  severity: 'warning',
  look: (facts) => (facts.env.DATABASE_READ_URL === undefined ? [] : look(facts)),
})

export const standbyChecks: Check[] = [
  check(
    {
      id: 'standby-unreadable',
      why: 'The standby of `DATABASE_READ_URL` cannot be reached, or refuses the connection. The primary is read instead.',
      fix: 'Check host, port, user, password and TLS of `DATABASE_READ_URL`, and whether Postgres runs there.',
    },
    ({ standby }) =>
      standby && (standby.ok ? [] : [{ found: standby.failure.reason, expected: 'an answer within 5 s' }]),
  ),
  check(
    {
      id: 'standby-is-primary',
      why: '`DATABASE_READ_URL` leads to a primary. If it is the one of `DATABASE_URL`, it gets more connections and no less work; another one has other data.',
      fix: 'Let it point to a standby of the primary, or remove it.',
    },
    ({ standby }) =>
      standby?.ok
        ? found(!standby.value.isStandby, { found: 'a primary', expected: 'a standby' })
        : undefined,
  ),
]
