import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Command } from '../commands/Command.ts'
import { newId } from '../ids.ts'
import { executeBound } from '../sql.ts'
import type { EventType } from './eventTypes.ts'
import { PendingEventSchema } from './PendingEvent.ts'

export type NewEvent = {
  type: EventType
  /** The ID of what it is about: a key, an account, a member, an incident. */
  subject: string
  /** When it happened. */
  at: Date
  /** Nothing secret and nothing personal: subscribers outside the service read it. */
  data: Record<string, unknown>
  /** Default: the account of the command. */
  accountId?: string
}

/**
 * Records a lifecycle event in the transaction of its change. Call it where the change is decided, after the locks that
 * it needs: of two changes of one thing, the second one's event must be written second. Whoever commits then calls
 * `EventRelay.relay`, so that readers see it at once; the schedule does it within seconds.
 */
export function recordEvent(
  em: SqlEntityManager,
  { accountId: ofCommand, actor }: Pick<Command, 'accountId' | 'actor'>,
  { type, subject, at, data, accountId = ofCommand ?? undefined }: NewEvent,
): void {
  if (accountId === undefined) throw new Error(`A ${type} event names no account.`)
  const by = { type: actor.type, id: actor.id }
  em.persist(
    em.create(PendingEventSchema, {
      eventId: newId('event'),
      accountId,
      type,
      subject,
      at,
      data: { ...data, actor: by },
    }),
  )
}

/** The same for what a command has done to many, in one statement: an entity for each takes much longer. */
export async function recordEvents(
  em: SqlEntityManager,
  { accountId, actor }: Pick<Command, 'accountId' | 'actor'>,
  { type, at }: Pick<NewEvent, 'type' | 'at'>,
  changes: Pick<NewEvent, 'subject' | 'data'>[],
): Promise<void> {
  const by = { type: actor.type, id: actor.id }
  const events = changes.map(({ subject, data }) => ({
    eventId: newId('event'),
    subject,
    data: { ...data, actor: by },
  }))
  await executeBound(
    em,
    `insert into lifecycle_event_pending (event_id, account_id, type, subject, at, data)
     select event ->> 'eventId', $1, $2, event ->> 'subject', $3::timestamptz, event -> 'data'
     from jsonb_array_elements($4::jsonb) with ordinality as t (event, n) order by n`,
    [accountId, type, at, JSON.stringify(events)],
  )
}
