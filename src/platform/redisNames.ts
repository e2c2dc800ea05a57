import { randomUUID } from 'node:crypto'
import type { QueueName } from '../domain/jobs.ts'
import { PRIMARY } from '../domain/regions.ts'
import { isClusterUrl } from './redisUrl.ts'

/** What a region's queue is called: the primary's have the plain name. */
export const queueName = (queue: QueueName, region: string) =>
  region === PRIMARY ? queue : `${queue}-${region}`

/** A region's queues whose jobs have usage to count. */
export const usageQueues = (region: string) => [queueName('metering', region), queueName('slots', region)]

/** The channel on which workers notify an api that a command's row has its outcome. One per process. */
export const newReplyChannel = () => `keys:replies:${randomUUID()}`

/** The channel on which workers answer a verifier without Postgres. One per process. */
export const newAnswerChannel = () => `keys:answers:${randomUUID()}`

/**
 * Every name in one Redis that TypeScript spells. A region's scripts get `prefix` and spell the rest of their own
 * names: see the heads of src/region/*.lua. In a Cluster every name begins with the same hash tag, so that all are in
 * one slot, with one server.
 */
export class RedisNames {
  readonly prefix: string
  /** BullMQ's `prefix`. */
  readonly jobs: string
  /** The region's marker: which epoch it is in. */
  readonly marker: string
  /**
   * Never there. Each script declares it beside the marker: while their slot moves to another server of a Cluster,
   * Redis refuses a script that has one and lacks the other, before it begins. Otherwise it would stop half-way, at
   * the first name that has moved already.
   */
  readonly absent: string
  /** While it is there, a lease may have been extended without Postgres (see Epochs.ts). */
  readonly alone: string
  /** What ended, as far as a region has it: entries as JSON, by their sequence. */
  readonly journal: string
  /** What the names of the hashes begin with that count the renders of test keys, one a UTC day. */
  readonly testRenders: string
  /** The set of IDs under which refused requests are set aside to be counted. */
  readonly sealedRefusals: string

  constructor(isInCluster: boolean) {
    this.prefix = isInCluster ? '{keys}:' : 'keys:'
    this.jobs = isInCluster ? '{keys}:bull' : 'bull'
    this.marker = `${this.prefix}region`
    this.absent = `${this.prefix}absent`
    this.alone = `${this.prefix}alone`
    this.journal = `${this.prefix}journal`
    this.testRenders = `${this.prefix}test-renders:day:`
    this.sealedRefusals = `${this.prefix}refusals:sealed`
  }

  /** What the names of BullMQ begin with, for a queue to which our scripts add jobs. */
  queue(queue: QueueName, region: string): string {
    return `${this.jobs}:${queueName(queue, region)}:`
  }

  /** What a key, a member or an account has left of a kind of calls. */
  calls(kind: string, who: string): string {
    return `${this.prefix}${kind}:${who}`
  }

  /** The count of attempts in a window. */
  attempts(window: number, name: string): string {
    return `${this.prefix}{attempts}:${window}:${name}`
  }

  /** The answer to the first request under an Idempotency-Key, by the key's hash. */
  answer(hash: string): string {
    return `${this.prefix}idempotency:${hash}`
  }

  /** The decision about the first verification under an Idempotency-Key, as the admission script keeps it. */
  decision(hash: string): string {
    return `${this.prefix}idempotent:${hash}`
  }

  /** Whose turn it is to decide under an Idempotency-Key, while secrets keys change. */
  decisionTurn(hash: string): string {
    return `${this.prefix}idempotent-turn:${hash}`
  }

  /** While it is there, the Slack webhook with this digest has had its message of this second. */
  slackTurn(digest: string): string {
    return `${this.prefix}slack:${digest}`
  }

  /** While it is there, an account's rules have been looked at because of new usage, and are not looked at again. */
  crossingsTurn(accountId: string): string {
    return `${this.prefix}crossings:${accountId}`
  }

  /** The hash that counts each account's renders of a UTC month, `2026-11`. */
  monthRenders(month: string): string {
    return `${this.prefix}renders:month:${month}`
  }

  /** The hash that counts each key's admitted requests in a minute, counted from 1970. */
  minuteRequests(minute: number): string {
    return `${this.prefix}requests:minute:${minute}`
  }

  /** The hash that counts each key's admitted requests on a UTC day. */
  dayRequests(day: string): string {
    return `${this.prefix}requests:day:${day}`
  }

  /** Refused requests that are set aside to be counted, by the ID they are set aside under. */
  refusals(id: string): string {
    return `${this.prefix}refusals:${id}`
  }

  /** The list of a slot: each a batch of verifications as it was decided, in JSON. */
  slot(slot: string): string {
    return `${this.prefix}slot:${slot}`
  }

  /** What the names of an epoch's states, lease and sweep begin with. */
  states(marker: string): string {
    return `${this.prefix}${marker.slice(marker.indexOf('|') + 1)}:`
  }
}

const [plain, tagged] = [new RedisNames(false), new RedisNames(true)]

/** The names in the Redis of this URL. */
export const namesIn = (url: string): RedisNames => (isClusterUrl(url) ? tagged : plain)
