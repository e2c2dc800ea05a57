import { randomUUID } from 'node:crypto'
import type { QueueName } from '../domain/jobs.ts'
import { PRIMARY } from '../domain/regions.ts'
import { placeOfShard, regionOfShard } from '../domain/shards.ts'
import { isClusterUrl } from './redisUrl.ts'

/** Queues of which every shard has its own; of the others, a region has one at the most. */
export const OF_SHARDS = ['metering', 'slots'] as const satisfies QueueName[]

/** What the queue for a shard is called; the primary's have the plain name. */
export function queueName(queue: QueueName, shard: string): string {
  const [region, place] = [regionOfShard(shard), placeOfShard(shard)]
  const name = region === PRIMARY ? queue : `${queue}-${region}`
  return place > 0 && OF_SHARDS.some((one) => one === queue) ? `${name}.${place}` : name
}

/** A shard's queues whose jobs have usage to count. */
export const usageQueues = (shard: string) => OF_SHARDS.map((queue) => queueName(queue, shard))

/** The channel on which workers notify an api that a command's row has its outcome. One per process. */
export const newReplyChannel = () => `keys:replies:${randomUUID()}`

/** The channel on which workers answer a verifier without Postgres. One per process. */
export const newAnswerChannel = () => `keys:answers:${randomUUID()}`

/**
 * What makes the hash tags of shards, from the second on, lie evenly over the slots of a Cluster: the first 4 are a
 * quarter of all slots apart, the first 16 a sixteenth, and so on. So nodes with equal ranges have equal shares.
 */
const SPREAD = [
  7, 323, 118, 312, 129, 45, 62, 214, 272, 310, 376, 279, 403, 25, 124, 342, 179, 17, 30, 170, 21, 313, 128,
  138, 432, 276, 210, 73, 149, 102, 210, 58, 337, 84, 257, 46, 61, 151, 247, 461, 58, 32, 15, 60, 47, 457,
  431, 14, 33, 163, 105, 77, 50, 58, 466, 332, 109, 457, 0, 24, 167, 69, 159,
]

/**
 * Every name of a shard that TypeScript spells. Its scripts get `prefix` and spell the rest of their own names: see the
 * heads of src/region/*.lua. In a Cluster every name of a shard begins with the same hash tag, so that all are in one
 * slot, with one server. What a region has once is in its first shard.
 */
export class RedisNames {
  readonly prefix: string
  /** BullMQ's `prefix`. */
  readonly jobs: string
  /** The shard's marker: which epoch it is in. */
  readonly marker: string
  /**
   * Never there. Each script declares it beside the marker: while their slot moves to another server of a Cluster,
   * Redis refuses a script that has one and lacks the other, before it begins. Otherwise it would stop half-way, at
   * the first name that has moved already.
   */
  readonly absent: string
  /** While it is there, a lease may have been extended without Postgres (see Epochs.ts). */
  readonly alone: string
  /** What ended, as far as a shard has it: entries as JSON, by their sequence. */
  readonly journal: string
  /** What the names of the hashes begin with that count the renders of test keys, one a UTC day. */
  readonly testRenders: string
  /** The set of IDs under which refused requests are set aside to be counted. */
  readonly sealedRefusals: string

  constructor(isInCluster: boolean, place = 0) {
    const name = place === 0 ? 'keys' : `keys.${place}.${SPREAD[place - 1]}`
    const tag = isInCluster ? `{${name}}` : name
    this.prefix = `${tag}:`
    this.jobs = tag === 'keys' ? 'bull' : `${tag}:bull`
    this.marker = `${this.prefix}region`
    this.absent = `${this.prefix}absent`
    this.alone = `${this.prefix}alone`
    this.journal = `${this.prefix}journal`
    this.testRenders = `${this.prefix}test-renders:day:`
    this.sealedRefusals = `${this.prefix}refusals:sealed`
  }

  /** What the names of BullMQ begin with, for a queue to which our scripts add jobs. */
  queue(queue: QueueName, shard: string): string {
    return `${this.jobs}:${queueName(queue, shard)}:`
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

  /** Which request was the first under an Idempotency-Key, whichever shard decides it. */
  decisionClaim(hash: string): string {
    return `${this.prefix}idempotent-claim:${hash}`
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

/** The names of a region's shard, by its place, in the Redis of this URL. */
export const namesIn = (url: string, place = 0): RedisNames => new RedisNames(isClusterUrl(url), place)
