import { LockMode } from '@mikro-orm/core'
import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { typesOf } from '../events/eventPatterns.ts'
import { readEvents } from '../events/eventStore.ts'
import { derivedId } from '../ids.ts'
import { type Channel, ChannelSchema, isOperators } from './Channel.ts'
import { atOnce } from './deliveryLimits.ts'

/** Pushes of one subscription that may be pending: those that failed and wait for their next attempt, above all. */
const MOST_PENDING = { operators: 1_000, account: 100 }

/**
 * As many as the default limit of calls lets an account change. What an import of thousands of keys announces keeps no
 * worker busy.
 */
const PER_SECOND = { operators: Number.POSITIVE_INFINITY, account: 4 }

/**
 * `ids`: the notifications to deliver. `isDone`: nothing is left that could be taken now. `isPaced`: only because the
 * channel has had enough in this second.
 */
type Taken = { ids: string[]; isDone: boolean; isPaced: boolean }

const NOTHING: Taken = { ids: [], isDone: true, isPaced: false }

/**
 * Takes the next events that a channel subscribes to: writes a notification for each and moves the channel's position
 * behind them. Call it in a transaction of its own: the channel's row is locked, so of two that take, the second
 * continues where the first ended. The ID of a notification is made of the channel's and the event's.
 *
 * As many are taken as can be attempted at once. What failed is pending beside them, up to a bound: a channel that is
 * down does not fill up the database, and continues from its position later.
 */
export async function takeEvents(em: SqlEntityManager, channelId: string, now: Date): Promise<Taken> {
  const channel = await em.findOne(
    ChannelSchema,
    { id: channelId },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
  )
  if (!channel?.events || isPaused(channel)) return NOTHING
  const { room, left } = await roomOf(em, channel, now)
  const limit = Math.min(room, left)
  if (limit <= 0) return { ...NOTHING, isPaced: room > 0 }
  const { accountId } = channel
  const after = channel.eventPosition ?? '0'
  const types = typesOf(channel.events, !isOperators(channel))
  const { events, next } = await readEvents(em, {
    ...{ after, types, limit, hold: true },
    accountId: accountId ?? undefined,
  })
  channel.eventPosition = next
  const made = events.map(({ id, type, account_id }) => ({
    id: derivedId('notification', channelId, id),
    event_id: id,
    type,
    account_id,
  }))
  const rows = await em.execute<{ id: string }[]>(
    `insert into notification (id, account_id, channel_id, type, body, status, next_attempt_at, created_at, event_id, event_account_id)
     select e.id, ?, ?, e.type, '{}', 'pending', ?, ?, e.event_id, e.account_id
     from jsonb_to_recordset(?::jsonb) as e (id text, event_id text, type text, account_id text)
     on conflict (id) do nothing returning id`,
    [accountId ?? null, channelId, now, now, JSON.stringify(made)],
  )
  const isDone = events.length === limit || next === after
  return { ids: rows.map(({ id }) => id), isDone, isPaced: events.length === left }
}

/** Whether a channel gets no events now: they wait in the record. An account must have verified its channel first. */
export const isPaused = (channel: Channel): boolean =>
  Boolean(channel.disabledAt) || (!isOperators(channel) && !channel.verifiedAt)

/** By the clock: the job for the rest begins with the next second, and not quite a second after this one. */
const secondOf = (now: Date) => new Date(Math.floor(now.getTime() / 1_000) * 1_000)

/** How many events there is room for, and how many are left of those of this second. */
async function roomOf(
  em: SqlEntityManager,
  channel: Channel,
  now: Date,
): Promise<{ room: number; left: number }> {
  const [row] = await em.execute<{ fresh: number; pending: number; recent: number }[]>(
    `select (count(*) filter (where attempts = 0))::int as fresh, count(*)::int as pending,
       (select count(*)::int from notification where channel_id = ? and event_id is not null and created_at >= ?) as recent
     from notification where channel_id = ? and status = 'pending' and event_id is not null`,
    [channel.id, secondOf(now), channel.id],
  )
  const { fresh = 0, pending = 0, recent = 0 } = row ?? {}
  const owner = isOperators(channel) ? 'operators' : 'account'
  return {
    room: Math.min(atOnce(channel.accountId ?? null).perChannel - fresh, MOST_PENDING[owner] - pending),
    left: PER_SECOND[owner] - recent,
  }
}
