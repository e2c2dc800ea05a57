import { z } from 'zod'
import { type CommandKind, commands } from './commands/catalogue.ts'
import { DecidedBatch } from './metering/decidedBatch.ts'
import { EventRow } from './metering/eventRow.ts'
import { OF_ASKS, type Retry, WITHOUT_END } from './retries.ts'
import { RESEALED } from './secrets/resealedKinds.ts'

/**
 * The catalogue of every job: its queue, what it carries, and how it is retried. Jobs carry ids, plus only
 * what cannot be read again. A job without a handler does not compile (src/workers/handlers.ts).
 * Commands are retried for hours; the sweeper and the outbox send again what BullMQ forgets.
 */
export type JobDefinition = {
  queue: QueueName
  data: z.ZodType
  retry: Retry
  summary: string
}

/** The first seven are in the primary region's Redis; of the others each region has its own. */
export const QUEUES = [
  'commands',
  'revocations',
  'imports',
  'maintenance',
  'alerts',
  'crossings',
  'notifications',
  'fan-out',
  'metering',
  'slots',
  'asks',
] as const
export type QueueName = (typeof QUEUES)[number]

const forDays = { attempts: 1_000, delayMs: 250 }
/** The job of a command. `accountId`: whose turn it takes in a worker. */
const command = z.object({ commandId: z.string(), accountId: z.string().optional() })

type CommandJobs = {
  [Kind in CommandKind]: {
    queue: (typeof commands)[Kind]['queue']
    data: typeof command
    retry: typeof forDays
    summary: string
  }
}

const commandJobs = Object.fromEntries(
  Object.entries(commands).map(([kind, { queue, summary }]) => [
    kind,
    { queue, data: command, retry: forDays, summary },
  ]),
) as CommandJobs

const scheduled = (summary: string) =>
  ({
    queue: 'maintenance',
    data: z.object({}),
    retry: { attempts: 3, delayMs: 1_000 },
    summary,
  }) as const satisfies JobDefinition

/**
 * Renders to take out of a test key's day or an account's month. `limit` -1: counted, never refused. Negative units
 * give back.
 */
const QuotaClaim = z.object({
  kind: z.enum(['test', 'month']),
  digest: z.string(),
  /** Whose they are. A verifier of an earlier release does not say; it knows of one shard. */
  accountId: z.string().optional(),
  /** The key's ID for a test key, the account's for a month. */
  id: z.string(),
  units: z.int(),
  limit: z.int(),
  /** Of units given back: the UTC day on which they were taken, by the primary's clock. On another they are let go. */
  day: z.string().optional(),
})

/**
 * What every question of a verifier without Postgres carries. `at` is set by the region's clock as the job is stored.
 */
const question = z.object({ askId: z.uuid(), region: z.string(), replyTo: z.string(), at: z.int() })

const ask = <Data extends z.ZodRawShape>(summary: string, data: Data) =>
  ({
    queue: 'asks',
    data: question.extend(data),
    retry: OF_ASKS,
    summary,
  }) as const satisfies JobDefinition

export const jobs = {
  ...commandJobs,
  'finish-command': {
    queue: 'commands',
    data: command,
    retry: forDays,
    summary: 'Marks a command as done once every region has confirmed',
  },
  'propagate-state': {
    queue: 'fan-out',
    data: z.object({
      commandId: z.string(),
      region: z.string(),
      keyIds: z.array(z.string()),
      accountIds: z.array(z.string()),
      serviceTokenIds: z.array(z.string()).optional(),
    }),
    // Often: somebody waits, for the region or for the end of its lease.
    retry: { attempts: 100_000, delayMs: 100, maxDelayMs: 1_000 },
    summary: 'Writes the current state of keys, accounts or service tokens into one region',
  },
  'roll-up-slot': {
    // Of its own: the workers of 0.1.0 do not know this job, and would give it up.
    queue: 'slots',
    data: z.object({ region: z.string(), slot: z.string() }),
    retry: WITHOUT_END,
    summary: 'Adds the batches of verifications of one slot to the usage buckets',
  },
  'roll-up-verifications': {
    queue: 'metering',
    data: DecidedBatch,
    retry: WITHOUT_END,
    summary: 'Adds one batch of verifications to the usage buckets',
  },
  'take-back-verifications': {
    queue: 'metering',
    data: DecidedBatch,
    retry: WITHOUT_END,
    summary: 'Takes a batch out of the usage buckets: its callers got a 503',
  },
  'roll-up-events': {
    queue: 'metering',
    data: z.object({ events: z.array(EventRow) }),
    retry: WITHOUT_END,
    summary: 'Adds one batch of reported usage events to the usage buckets',
  },
  'count-refusals': scheduled('Counts the refused requests that regions added up'),
  'load-states': ask('Brings the states of keys into the region of the verifier that asks', {
    digests: z.array(z.string()).max(1_000),
  }),
  'claim-quotas': ask('Takes renders out of the quotas that are exact over all regions', {
    claims: z.array(QuotaClaim).max(1_000),
  }),
  'check-service-token': ask('Brings a service token into the region of the verifier that asks', {
    digest: z.string(),
  }),
  'look-for-imports': ask('Returns what the values of imported keys look like', {
    forms: z.boolean().optional(),
  }),
  'deliver-notification': {
    queue: 'notifications',
    data: z.object({ notificationId: z.string() }),
    // For a database that is away; a receiver's failures are rows, with a schedule of their own.
    retry: { attempts: 20, delayMs: 1_000 },
    summary: 'Makes one attempt to deliver a notification',
  },
  'send-invitation': {
    queue: 'notifications',
    data: z.object({ memberId: z.string() }),
    retry: { attempts: 40, delayMs: 5_000, maxDelayMs: 600_000 },
    summary: 'Sends the email of an invitation',
  },
  'send-password-reset': {
    queue: 'notifications',
    data: z.object({ resetId: z.string() }),
    // Whoever waits asks again; the link ends after an hour.
    retry: { attempts: 10, delayMs: 5_000 },
    summary: 'Sends the email of a password reset',
  },
  'evaluate-alerts': scheduled('Lists the accounts whose alert rules are due, with a job for each'),
  'evaluate-account': {
    queue: 'alerts',
    // `at` in Unix ms: as of when. A whole minute, or the half of one, at which only beginnings are looked for.
    data: z.object({ accountId: z.string(), at: z.int() }),
    retry: { attempts: 20, delayMs: 1_000 },
    summary: 'Evaluates the alert rules of one account at one instant',
  },
  'find-crossings': {
    queue: 'crossings',
    data: z.object({ accountId: z.string() }),
    // After that, the next evaluation of the account finds them.
    retry: { attempts: 3, delayMs: 1_000 },
    summary: 'Begins the incidents that usage which was just counted begins in one account',
  },
  'sweep-notifications': scheduled('Enqueues notifications again that are due and whose job was lost'),
  'sweep-commands': scheduled('Enqueues commands again that are not finished'),
  'relay-outbox': scheduled('Sends what the outbox still holds'),
  'remove-account-data': {
    queue: 'maintenance',
    data: z.object({ commandId: z.string(), accountId: z.string() }),
    retry: forDays,
    summary: 'Deletes the data of an erased account',
  },
  'relay-events': scheduled(
    'Moves lifecycle events into the record whose worker died, and enqueues a job for each channel that is behind it',
  ),
  'push-events': {
    queue: 'notifications',
    data: z.object({ channelId: z.string() }),
    retry: { attempts: 3, delayMs: 1_000 },
    summary: 'Writes the notifications of the next lifecycle events that a channel subscribes to',
  },
  'reset-test-quotas': scheduled('Archives and removes the test-render counters of past days'),
  'maintain-partitions': scheduled('Creates the next partitions of usage and drops the old ones'),
  'fold-minutes': scheduled('Folds minutes older than 48 hours into a list per key and hour'),
  'close-usage-days': scheduled('Lists past days whose usage is not checked yet'),
  'reconcile-account': {
    queue: 'maintenance',
    data: z.object({ accountId: z.string(), day: z.iso.date() }),
    retry: { attempts: 20, delayMs: 5_000 },
    summary: 'Compares the records of one account’s day',
  },
  'announce-usage-days': scheduled('Lists accounts with closed days to announce, with a job for each'),
  'announce-account-days': {
    queue: 'maintenance',
    data: z.object({ accountId: z.string() }),
    retry: { attempts: 20, delayMs: 1_000 },
    summary: 'Announces the usage of an account’s closed days, new or changed',
  },
  'sweep-states': scheduled('Enqueues a job for each region that removes the states of ended keys'),
  'sweep-region-states': {
    queue: 'maintenance',
    data: z.object({ region: z.string() }),
    retry: { attempts: 3, delayMs: 5_000 },
    summary: 'Removes the states of keys that ended long ago from one region',
  },
  'reseal-secrets': scheduled('Enqueues a job for each kind of secrets that an older secrets key has sealed'),
  'reseal-secrets-of': {
    queue: 'maintenance',
    data: z.object({ kind: z.enum(RESEALED) }),
    retry: { attempts: 3, delayMs: 5_000 },
    summary: 'Seals the secrets of one kind again under the current secrets key',
  },
  'sweep-expired-keys': scheduled('Announces keys that expire soon, and notes those that have expired'),
  'expire-records': scheduled('Deletes answers, sessions, claims and other records past their time'),
} as const satisfies Record<string, JobDefinition>

/** Redis stores the names, so they stay: `evaluate-alerts` and `close-usage-days` list and enqueue. */
export type JobName = keyof typeof jobs
export type AskName = {
  [Name in JobName]: (typeof jobs)[Name]['queue'] extends 'asks' ? Name : never
}[JobName]
export type JobData<Name extends JobName> = z.infer<(typeof jobs)[Name]['data']>

/** What one transaction asks to be sent once it has committed. */
export type OutboxMessage =
  | { kind: 'job'; name: JobName; data: unknown; id?: string; priority?: number }
  | {
      kind: 'flow'
      /** `queue`: instead of the one its name has in the catalogue. */
      parent: { name: JobName; data: unknown; id: string; queue?: QueueName }
      /** `priority`: 0 first. */
      children: { name: JobName; data: unknown; id: string; priority?: number }[]
    }
