import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { neededFor } from '../events/eventPatterns.ts'
import { readHead } from '../events/eventStore.ts'
import { Failure } from '../failure.ts'
import { type Holder, requireToRead } from '../keys/holding.ts'
import { type Channel, ChannelSchema } from './Channel.ts'

const MOST_SUBSCRIBED = 10

/**
 * Changes which lifecycle events of its account a channel gets; an empty list ends that. A subscription begins with the
 * next event. Whoever subscribes must be able to read the same. Call it under the account's lock.
 */
export async function subscribe(
  em: SqlEntityManager,
  channel: Channel,
  events: string[],
  holder: Holder,
): Promise<void> {
  requireToRead(holder, neededFor(events), 'events')
  if (events.length === 0) {
    Object.assign(channel, { events: null, eventPosition: null })
    return
  }
  if (!channel.events) {
    const others = { accountId: channel.accountId ?? null, events: { $ne: null } }
    if ((await em.count(ChannelSchema, others)) >= MOST_SUBSCRIBED)
      throw new Failure('channel-limit-reached', {
        detail: `At most ${MOST_SUBSCRIBED} channels of an account get events.`,
      })
    channel.eventPosition = await readHead(em)
  }
  channel.events = events
}
