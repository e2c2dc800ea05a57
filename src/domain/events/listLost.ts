import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { executeBound } from '../sql.ts'

/** What `keys recover` reads of an event that a webhook has received. Its type may be one of a later release. */
export const ReceivedEvent = z.object({
  id: z.string(),
  type: z.string(),
  time: z.iso.datetime({ offset: true }),
  subject: z.string(),
  /** A test message of a webhook has none. */
  accountid: z.string().optional(),
})
export type ReceivedEvent = z.infer<typeof ReceivedEvent>

/** A change that happened, and that the database knows nothing of. */
export type LostEvent = { time: string; type: string; accountId: string; subject: string; id: string }

/**
 * Which of these events the database lacks: changes that are lost. Not those that it would not have kept: events older
 * than its oldest one, and those of accounts that it has erased.
 */
export async function listLost(em: SqlEntityManager, received: ReceivedEvent[]): Promise<LostEvent[]> {
  const events = received.flatMap(({ id, type, time, subject, accountid }) =>
    accountid === undefined ? [] : [{ time, type, accountId: accountid, subject, id }],
  )
  const lost = await executeBound<{ id: string }>(
    em,
    `select e.id from jsonb_to_recordset($1::jsonb) as e (id text, time timestamptz, "accountId" text)
     where e.time >= coalesce((select created_at from lifecycle_event order by position limit 1), '-infinity')
       and not exists (select from lifecycle_event l where l.id = e.id)
       and not exists (select from lifecycle_event_pending p where p.event_id = e.id)
       and not exists (select from lifecycle_event l where l.account_id = e."accountId" and l.type = 'account.erased')`,
    [JSON.stringify(events)],
  )
  const ids = new Set(lost.map(({ id }) => id))
  return events.filter(({ id }) => ids.delete(id))
}
