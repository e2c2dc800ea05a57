import { randomUUID } from 'node:crypto'
import type { QueueName } from '../domain/jobs.ts'
import { PRIMARY } from '../domain/regions.ts'

/**
 * Every name in Redis that TypeScript spells. A region's scripts get `PREFIX` and spell the rest of their own names:
 * see the heads of src/region/*.lua.
 */
export const PREFIX = 'keys:'

/** What a region's queue is called: the primary's have the plain name. */
export const queueName = (queue: QueueName, region: string) =>
  region === PRIMARY ? queue : `${queue}-${region}`

/** A region's queues whose jobs have usage to count. */
export const usageQueues = (region: string) => [queueName('metering', region), queueName('slots', region)]

/** What the names of BullMQ begin with, for a queue to which our scripts add jobs. */
export const queuePrefix = (queue: QueueName, region: string) => `bull:${queueName(queue, region)}:`

/** The channel on which workers notify an api that a command's row has its outcome. One per process. */
export const newReplyChannel = () => `${PREFIX}replies:${randomUUID()}`

/** The channel on which workers answer a verifier without Postgres. One per process. */
export const newAnswerChannel = () => `${PREFIX}answers:${randomUUID()}`

/** What a key, a member or an account has left of a kind of calls. */
export const callsName = (kind: string, who: string) => `${PREFIX}${kind}:${who}`

/** The count of attempts in a window. One script uses several of these: they share a slot. */
export const attemptsName = (window: number, name: string) => `${PREFIX}{attempts}:${window}:${name}`

/** The answer to the first request under an Idempotency-Key, by the key's hash. */
export const answerName = (hash: string) => `${PREFIX}idempotency:${hash}`

/** The decision about the first verification under an Idempotency-Key, as the admission script keeps it. */
export const decisionName = (hash: string) => `${PREFIX}idempotent:${hash}`

/** Whose turn it is to decide under an Idempotency-Key, while secrets keys change. */
export const decisionTurnName = (hash: string) => `${PREFIX}idempotent-turn:${hash}`

/** While it is there, the Slack webhook with this digest has had its message of this second. */
export const slackTurnName = (digest: string) => `${PREFIX}slack:${digest}`

/** While it is there, an account's rules have been looked at because of new usage, and are not looked at again. */
export const crossingsTurnName = (accountId: string) => `${PREFIX}crossings:${accountId}`

/** What the names of the hashes begin with that count the renders of test keys, one a UTC day. */
export const TEST_RENDERS_PREFIX = `${PREFIX}test-renders:day:`

/** The hash that counts each account's renders of a UTC month, `2026-11`. */
export const monthRendersName = (month: string) => `${PREFIX}renders:month:${month}`

/** The hash that counts each key's admitted requests in a minute, counted from 1970. */
export const minuteRequestsName = (minute: number) => `${PREFIX}requests:minute:${minute}`

/** The hash that counts each key's admitted requests on a UTC day. */
export const dayRequestsName = (day: string) => `${PREFIX}requests:day:${day}`

/** Refused requests that are set aside to be counted, by the ID they are set aside under; and the set of these IDs. */
export const refusalsName = (id: string) => `${PREFIX}refusals:${id}`
export const SEALED_REFUSALS = `${PREFIX}refusals:sealed`

/** The list of a slot: each a batch of verifications as it was decided, in JSON. */
export const slotName = (slot: string) => `${PREFIX}slot:${slot}`

/** What the names of an epoch's states, lease and sweep begin with. */
export const statePrefix = (marker: string) => `${PREFIX}${marker.slice(marker.indexOf('|') + 1)}:`

/** What ended, as far as a region has it: entries as JSON, by their sequence. */
export const JOURNAL = `${PREFIX}journal`
