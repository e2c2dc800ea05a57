import { z } from 'zod'
import { parseRange } from '../domain/addresses.ts'
import { PRIMARY } from '../domain/regions.ts'
import { backupSettings } from './backup/settings.ts'
import { parseRegions, parseUrlPrefixes, shards, url } from './envParsers.ts'
import { countServers, isRedisUrl, REDIS_FORMS } from './redisUrl.ts'
import { haveOwnNumbers, parseSecretsKey, parseSecretsKeys } from './secretsKeys.ts'

const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === 'true' || text === '1')

const port = z.coerce.number().int().min(0).max(65535)

/** Every variable. docs/configuration.md is made of it: `npm run docs`. */
export const EnvSchema = z.object({
  DATABASE_URL: url('postgres:', 'postgresql:').describe(
    '`postgres://user:password@host:port/name`. TLS: add `?sslmode=verify-full`.',
  ),
  DATABASE_READ_URL: url('postgres:', 'postgresql:')
    .optional()
    .describe(
      'A standby of the same Postgres, from which an api reads [usage, histories and exports](operating.md#a-standby-that-reads). Default: `DATABASE_URL`.',
    ),
  DATABASE_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(14)
    .max(1_000)
    .default(20)
    .describe(
      'Connections of one process to Postgres, at least 14. [How they are divided](operating.md#requirements).',
    ),
  DATABASE_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(600_000)
    .default(10_000)
    .describe(
      'How long one statement of a management read may take. Raise it if reads of large accounts answer 503.',
    ),
  REDIS_URL: z
    .string()
    .refine(isRedisUrl, `must be like ${REDIS_FORMS.replaceAll('`', '')}`)
    .describe(
      '`redis://…`, or `rediss://…` for TLS. Queues, key states and counters. [Sentinels, Clusters](operating.md#redis-that-fails-over), [several servers](operating.md#shards).',
    ),
  SECRETS_KEY: z
    .string()
    .refine(
      (text) => parseSecretsKey(text) !== undefined,
      'must be 32 bytes in base64, or 2:…, 3:… and so on',
    )
    .describe(
      '32 random bytes in base64; a later key begins with `2:`. Seals channels’ secrets and repeatable responses. The same in every process. [Rotation](operating.md#rotate-secrets_key).',
    ),
  SECRETS_KEYS_READ: z
    .string()
    .default('')
    .refine((text) => parseSecretsKeys(text) !== undefined, 'must be keys such as 1:…, separated by commas')
    .describe(
      'Further secrets keys, for reading only: `1:…,3:…`. [Rotation](operating.md#rotate-secrets_key).',
    ),
  HOST: z
    .string()
    .optional()
    .describe(
      'The address to listen on. Default: every address for the api, loopback for a worker’s probes.',
    ),
  PORT: port.default(3000).describe('The api’s port.'),
  SHARED_PORT: port
    .min(1)
    .optional()
    .describe(
      'A second port of the api, which all apis of a machine [share](operating.md#several-apis-on-one-machine): the kernel spreads connections over them. Default: none.',
    ),
  PUBLIC_URL: url('http:', 'https:')
    .optional()
    .describe('The URL at which callers reach the api. With `https:`, cookies are `__Host-…` and `Secure`.'),
  WORKER_PORT: port
    .optional()
    .describe(
      'The worker’s port for `/livez`, `/readyz` and `/metrics`, which are unguarded. Default: not served.',
    ),
  KEY_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,15}$/, 'must be lower-case letters and digits')
    .default('pk')
    .describe(
      'The start of every key and token. Do not change it later: keys with another prefix are refused, except imported ones.',
    ),
  REGIONS: z
    .string()
    .default('')
    .transform(parseRegions)
    .describe('Further regions: `eu=redis://…,us=redis://…`. The same in every process.'),
  REGION: z
    .string()
    .default(PRIMARY)
    .describe(
      'The region in which this process verifies: `primary` (whose Redis is `REDIS_URL`) or one of `REGIONS`.',
    ),
  SHARDS: shards.describe(
    'Into how many shards each region is divided, at most 64. The same in every process; the first migration of a database fixes it.',
  ),
  REGION_LEASE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(10_000)
    .describe(
      'How long a further region continues to admit when it is cut off. `0`: without end; a revoke then waits until the region is back.',
    ),
  PROBLEM_BASE_URL: url('http:', 'https:')
    .default('https://docs.pictify.io/errors')
    .describe('The start of a problem’s `type`.'),
  COMMAND_WAIT_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(5000)
    .describe('How long the api waits for a command before it answers 202; at most 60000.'),
  CALLS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_200)
    .describe(
      'Management calls per account and minute; a key or member has half. A change counts as 5. Changes of a day: 60 times as much.',
    ),
  SHUTDOWN_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(25_000)
    .describe('How long a process may take to stop. After that it exits with status 1.'),
  TRUSTED_PROXIES: z
    .string()
    .refine(
      (text) =>
        text.split(',').every((entry) => entry.trim() === '' || parseRange(entry.trim()) !== undefined),
      'must be IP addresses or CIDR ranges, separated by commas',
    )
    .default('127.0.0.0/8,::1/128')
    .describe(
      'Addresses and CIDR ranges of proxies whose `X-Forwarded-For` is believed, separated by commas.',
    ),
  SMTP_URL: url('smtp:', 'smtps:')
    .optional()
    .describe(
      '`smtp://user:password@host:587` requires STARTTLS (`?requireTLS=false`: optional); or `smtps://…`. Default: no email.',
    ),
  MAIL_FROM: z
    .string()
    .regex(/^[^\p{Cc}]+@[^\p{Cc}]+$/u, 'must be an email address')
    .default('pictify-keys@localhost')
    .describe('The sender of email: an address, or `Name <address>`.'),
  WEBHOOK_ALLOW_PRIVATE: flag.describe(
    '`true`: channels may use private addresses, and Slack channels any host. For development; `bin/dev` sets it.',
  ),
  EXAMPLE_CURL: z
    .string()
    .max(2_000)
    .default('')
    .describe(
      'The command that the dashboard shows with a new key, which it calls `$PICTIFY_API_KEY`. Default: a call of `/forward-auth`.',
    ),
  EXAMPLE_CURL_READ: z
    .string()
    .max(2_000)
    .default('')
    .describe('The same for a key with `read_only` access.'),
  COMPANY_NAME: z
    .string()
    .max(40)
    .default('')
    .describe('The name of your company, which the dashboard shows. Default: Pictify Keys.'),
  COMPANY_COLOR: z
    .string()
    .regex(/^(#[0-9a-fA-F]{6})?$/, 'must be a colour such as #1d4ed8')
    .default('')
    .describe('A colour of your company for the header of the dashboard, such as `#1d4ed8`.'),
  RETURN_URLS: z
    .string()
    .default('')
    .transform(parseUrlPrefixes)
    .describe(
      'Where the `returnUrl` of a session link may lead: origins (`https://app.example.com`) or URLs with a path (`https://example.com/app`), which allow what is below them. Separated by commas. Default: nowhere.',
    ),
  OPERATOR_USER: z
    .string()
    .default('operator')
    .describe('The user name for `/admin`, `/admin/queues` and `/metrics`.'),
  OPERATOR_PASSWORD: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('At least 16 characters. Default: these pages do not exist.'),
  OPERATOR_QUEUES_WRITE: flag.describe(
    '`true`: Bull Board can retry, remove and pause jobs. Otherwise it only shows them.',
  ),
  OPEN_METRICS: flag.describe('`true`: the api’s `/metrics` requires no password.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:')
    .optional()
    .describe(
      'The OTLP/HTTP receiver of your OpenTelemetry collector, such as `http://localhost:4318`. [Traces](operating.md#traces) are sent there. Default: no traces.',
    ),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('The share of traces that are recorded, 0 to 1.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('`trace`, `debug`, `info`, `warn`, `error` or `silent`. JSON lines on stdout.'),
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('production')
    .describe(
      'With `development` and `test`, a response that breaks its own declaration is a 500 instead of a log line.',
    ),
  AUDIT_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(400)
    .describe('How many days audit entries are kept. `0`: without end.'),
  ERASED_USAGE_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .max(36_500)
    .default(400)
    .describe(
      'How many days the units per day of an erased account are kept for invoices. `0`: without end.',
    ),
  ...backupSettings,
  WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .default(16)
    .describe('Jobs at once per queue; notifications: 4 times, metering: 16 times. Some have fewer.'),
})

export type Env = z.infer<typeof EnvSchema>

/** Reads the configuration once, at start. Throws one Error that names every wrong variable, without its value. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const parsed = EnvSchema.refine(
    ({ REGION, REGIONS }) => REGION === PRIMARY || REGIONS.some(({ name }) => name === REGION),
    { path: ['REGION'], message: `must be ${PRIMARY} or one of REGIONS` },
  )
    .refine(
      ({ REDIS_URL, REGIONS, SHARDS }) =>
        [REDIS_URL, ...REGIONS.map(({ url }) => url)].every((url) => countServers(url) <= SHARDS),
      {
        path: ['SHARDS'],
        message: 'must be at least the number of servers in REDIS_URL, and in each of REGIONS',
      },
    )
    .refine((env) => haveOwnNumbers(env), {
      path: ['SECRETS_KEYS_READ'],
      message:
        'must have numbers that SECRETS_KEY and the other keys do not have; a key without one is key 1',
    })
    .safeParse(given)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment is not complete:\n${lines.join('\n')}`)
}
