import { parseSecretsKey } from '../../platform/secretsKeys.ts'
import { type Check, found } from '../Check.ts'
import type { Facts } from '../Facts.ts'

/** Random bytes of a key have some 30 different values in 32; nobody's examples do. */
const FEW_BYTES = 16
const FEW_CHARACTERS = 8

const distinct = (values: Iterable<unknown>) => new Set(values).size

const isProduction = ({ env }: Facts) => env.NODE_ENV === 'production'

export const settingsChecks: Check[] = [
  {
    id: 'setting-invalid',
    area: 'Settings',
    severity: 'error',
    why: 'A required setting is missing, or a setting has a value that it cannot have. No process starts.',
    fix: 'Correct it: [Configuration](configuration.md) has every setting.',
    look: ({ invalidSettings }) =>
      invalidSettings.map(({ name, problem }) => ({
        subject: name,
        found: problem,
        expected: 'a valid value',
      })),
  },
  {
    id: 'setting-misspelled',
    area: 'Settings',
    severity: 'warning',
    why: 'A variable that the service does not know is a letter or two away from a setting that is not set.',
    fix: 'Rename it, or pass the check with `--skip setting-misspelled` if it belongs to another program.',
    look: ({ lookalikes }) =>
      lookalikes.map(({ name, meant }) => ({
        subject: name,
        found: 'This is no setting',
        expected: `perhaps ${meant}`,
      })),
  },
  {
    id: 'secrets-key-weak',
    area: 'Settings',
    severity: 'error',
    why: 'The current secrets key is not random: it repeats few bytes, as an example does. Whoever guesses it opens sealed secrets.',
    fix: 'Make one with `openssl rand -base64 32`. [Rotate it](operating.md#rotate-secrets_key).',
    look: ({ env: { SECRETS_KEY } }) =>
      SECRETS_KEY === undefined
        ? undefined
        : found(distinct(parseSecretsKey(SECRETS_KEY)?.bytes ?? []) < FEW_BYTES, {
            found: 'It is not random',
            expected: '32 random bytes in base64',
          }),
  },
  {
    id: 'secrets-key-other',
    area: 'Settings',
    severity: 'error',
    why: 'Neither `SECRETS_KEY` nor `SECRETS_KEYS_READ` opens what was sealed: targets and signing secrets of channels and webhooks. No alert and no event reaches them.',
    fix: '`bin/keys secrets status` names the keys that are missing. Add them to `SECRETS_KEYS_READ`, the same in every process. If it is lost, create the channels again.',
    look: ({ postgres }) => {
      const sealed = postgres?.ok ? postgres.value.stored?.sealed : undefined
      return (
        sealed &&
        found(sealed.opened < sealed.looked, {
          severity: sealed.opened === 0 ? 'error' : 'warning',
          found: `It opens ${sealed.opened} of the ${sealed.looked} newest sealed values`,
          expected: 'all of them',
        })
      )
    },
  },
  {
    id: 'operator-password-missing',
    area: 'Settings',
    severity: 'warning',
    why: 'Without `OPERATOR_PASSWORD` there are no operators’ pages, and no metrics of the api unless `OPEN_METRICS` is set: nobody sees what is wrong.',
    fix: 'Set one of at least 16 characters.',
    look: (facts) =>
      found(
        isProduction(facts) && facts.env.OPERATOR_PASSWORD === undefined && facts.env.OPEN_METRICS !== true,
        { found: 'OPERATOR_PASSWORD is not set', expected: 'a password of at least 16 characters' },
      ),
  },
  {
    id: 'operator-password-weak',
    area: 'Settings',
    severity: 'warning',
    why: `\`OPERATOR_PASSWORD\` has fewer than ${FEW_CHARACTERS} different characters, or repeats \`OPERATOR_USER\`. It opens every account’s page.`,
    fix: 'Make one with `openssl rand -base64 24`.',
    look: ({ env: { OPERATOR_PASSWORD, OPERATOR_USER = '' } }) =>
      OPERATOR_PASSWORD === undefined
        ? undefined
        : found(
            distinct(OPERATOR_PASSWORD) < FEW_CHARACTERS ||
              (OPERATOR_USER !== '' &&
                OPERATOR_PASSWORD.split(OPERATOR_USER).join('').length < FEW_CHARACTERS),
            { found: 'It is easy to guess', expected: 'a random password' },
          ),
  },
  {
    id: 'webhooks-private',
    area: 'Settings',
    severity: 'warning',
    why: '`WEBHOOK_ALLOW_PRIVATE` lets customers’ webhooks call addresses inside your network. It is for development.',
    fix: 'Remove it.',
    look: (facts) =>
      found(isProduction(facts) && facts.env.WEBHOOK_ALLOW_PRIVATE === true, {
        found: 'WEBHOOK_ALLOW_PRIVATE is set',
        expected: 'not in production',
      }),
  },
]
