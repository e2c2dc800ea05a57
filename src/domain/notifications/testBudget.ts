import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { Failure } from '../failure.ts'
import { pgArray } from '../sql.ts'
import { DAY_MS, HOUR_MS } from '../time.ts'
import type { ChannelType } from './Channel.ts'

/** Test messages and confirmation links of one account in an hour, by attempts. */
export const TESTS_PER_HOUR = 60

/** Any number that no other lock has. */
const LOCK = 6

/**
 * Throws `rate-limit-exceeded` unless the account may send `wanted` more test messages or confirmation links: they go
 * to addresses that nobody has confirmed. Counts attempts, and messages that wait for their first one, in the
 * transaction that adds to them. Lock the account first.
 */
export async function requireTestBudget(
  em: SqlEntityManager,
  accountId: string,
  now: Date,
  wanted = 1,
): Promise<void> {
  const [row] = await em.execute<{ sent: string }[]>(
    `select
       (select count(*) from notification n join delivery_attempt a on a.notification_id = n.id
        where n.account_id = ? and n.type in ('alert.test', 'channel.verify') and a.at > ? and a.outcome <> 'not-sent')
     + (select count(*) from notification where account_id = ? and type in ('alert.test', 'channel.verify')
        and status = 'pending' and attempts = turn_began_at) as sent`,
    [accountId, new Date(now.getTime() - HOUR_MS), accountId],
  )
  if (Number(row?.sent) + wanted <= TESTS_PER_HOUR) return
  throw new Failure('rate-limit-exceeded', {
    detail: `An account sends at most ${TESTS_PER_HOUR} test messages and confirmation links an hour.`,
    retryAfter: 600,
  })
}

/** Messages to one address that nobody has confirmed, from all accounts together. */
const TO_UNCONFIRMED = {
  email: { most: 3, withinMs: DAY_MS, words: 'Wait a day.' },
  slack: { most: 20, withinMs: HOUR_MS, words: 'Wait an hour.' },
  webhook: { most: 20, withinMs: HOUR_MS, words: 'Wait an hour.' },
} as const satisfies Record<ChannelType, { most: number; withinMs: number; words: string }>

/**
 * Why an address that nobody has confirmed gets no further message now, or undefined. `targetHashes` are the keyed
 * hashes under which messages to it are stored. Call it in the transaction that claims the attempt: what other workers
 * send meanwhile is counted, too.
 */
export async function whyNotUnconfirmed(
  em: SqlEntityManager,
  type: ChannelType,
  targetHashes: string[],
  now: Date,
): Promise<string | undefined> {
  const { most, withinMs, words } = TO_UNCONFIRMED[type]
  for (const hash of targetHashes.toSorted())
    await em.execute('select pg_advisory_xact_lock(hashtextextended(?, ?))', [hash, LOCK])
  const hashes = pgArray(targetHashes)
  const [row] = await em.execute<{ sent: string }[]>(
    `select
       (select count(*) from notification n join delivery_attempt a on a.notification_id = n.id
        where n.target_hash = any(?::text[]) and a.at > ? and a.outcome <> 'not-sent')
     + (select count(*) from notification where target_hash = any(?::text[]) and leased_until > ?) as sent`,
    [hashes, new Date(now.getTime() - withinMs), hashes, now],
  )
  if (Number(row?.sent) < most) return undefined
  return `This address got ${most} messages and is not confirmed. ${words}`
}
