import { z } from 'zod'
import { parseRange } from '../domain/addresses.ts'
import { PRIMARY } from '../domain/regions.ts'

const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((text) => text === 'true' || text === '1')

const url = (...protocols: string[]) =>
  z.string().refine(
    (text) => {
      try {
        return protocols.includes(new URL(text).protocol)
      } catch {
        return false
      }
    },
    `must be a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  )

const NAME = /^[a-z][a-z0-9-]{0,31}$/

function parseRegions(text: string, context: z.RefinementCtx): { name: string; url: string }[] {
  const regions = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => ({ name: entry.slice(0, entry.indexOf('=')), url: entry.slice(entry.indexOf('=') + 1) }))
  const names = new Set(regions.map(({ name }) => name))
  const isRedis = url('redis:', 'rediss:')
  if (
    names.size < regions.length ||
    !regions.every((one) => NAME.test(one.name) && one.name !== PRIMARY && isRedis.safeParse(one.url).success)
  ) {
    context.addIssue(
      `must be name=redis://… entries, separated by commas; names are lower-case, each once, none is ${PRIMARY}`,
    )
  }
  return regions
}

const EnvSchema = z.object({
  DATABASE_URL: url('postgres:', 'postgresql:'),
  /** Connections of one process to Postgres, divided among what it does (src/platform/pools.ts). */
  DATABASE_CONNECTIONS: z.coerce.number().int().min(14).max(1_000).default(20),
  /** How long a statement may run that a management read waits for. */
  DATABASE_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(600_000).default(10_000),
  /** How long a service token is accepted while Postgres cannot confirm it. */
  TOKEN_GRACE_MS: z.coerce.number().int().min(60_000).default(3_600_000),
  REDIS_URL: url('redis:', 'rediss:'),
  /** 32 random bytes, base64: seals idempotent answers, and channels' targets and secrets. */
  SECRETS_KEY: z
    .string()
    .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64'),
  /** The address to listen on. Unset: the api on every one, the worker's probes on loopback. */
  HOST: z.string().optional(),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  PUBLIC_URL: url('http:', 'https:').optional(),
  /** Port of the worker's /livez, /readyz and /metrics; unset: not served. */
  WORKER_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  KEY_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,15}$/, 'must be lower-case letters and digits')
    .default('pk'),
  /** Further regions beside the primary: `name=redis://…`, separated by commas. The same in every process. */
  REGIONS: z.string().default('').transform(parseRegions),
  /** The region in which this process verifies: `primary`, or one of REGIONS. */
  REGION: z.string().default(PRIMARY),
  /** How long a further region may go on when it is cut off; 0: no leases, a revocation waits until it is back. */
  REGION_LEASE_MS: z.coerce.number().int().min(0).max(3_600_000).default(10_000),
  PROBLEM_BASE_URL: url('http:', 'https:').default('https://docs.pictify.io/errors'),
  COMMAND_WAIT_MS: z.coerce.number().int().min(0).max(60_000).default(5000),
  /** Calls of the management API per account and minute; a key or member has half of them. */
  CALLS_PER_MINUTE: z.coerce.number().int().min(1).default(3_000),
  SHUTDOWN_MS: z.coerce.number().int().min(0).default(25_000),
  /** Comma-separated CIDRs of proxies whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: z
    .string()
    .refine(
      (text) =>
        text.split(',').every((entry) => entry.trim() === '' || parseRange(entry.trim()) !== undefined),
      'must be IP addresses or CIDR ranges, separated by commas',
    )
    .default('127.0.0.0/8,::1/128'),
  /** The server that sends email; unset: no email channels. */
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\p{Cc}]+@[^\p{Cc}]+$/u, 'must be an email address')
    .default('pictify-keys@localhost'),
  /** Development: messages may go to private addresses, and Slack's to any host. */
  WEBHOOK_ALLOW_PRIVATE: flag,
  /** The first command for a new key, shown in the dashboard; for a shell that has the key as `PICTIFY_API_KEY`. */
  EXAMPLE_CURL: z.string().max(2_000).default(''),
  /** The same for a key with `read_only` access. */
  EXAMPLE_CURL_READ: z.string().max(2_000).default(''),
  OPERATOR_USER: z.string().default('operator'),
  /** Unset: /admin/queues and /metrics do not exist. */
  OPERATOR_PASSWORD: z.string().min(16, 'must have at least 16 characters').optional(),
  /** Whether operators may change queues in Bull Board: retry, remove, pause. */
  OPERATOR_QUEUES_WRITE: flag,
  OPEN_METRICS: flag,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** `development` and `test`: an answer that breaks its declaration is an error instead of a line in the log. */
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  /** How long audit entries are kept, in days; 0: for good. */
  AUDIT_RETENTION_DAYS: z.coerce.number().int().min(0).max(36_500).default(400),
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(500).default(16),
})

export type Env = z.infer<typeof EnvSchema>

/** Reads the configuration once, at start. Throws one Error that names every wrong variable, without its value. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const parsed = EnvSchema.refine(
    ({ REGION, REGIONS }) => REGION === PRIMARY || REGIONS.some(({ name }) => name === REGION),
    { path: ['REGION'], message: `must be ${PRIMARY} or one of REGIONS` },
  ).safeParse(present)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment is not complete:\n${lines.join('\n')}`)
}
