import type { SqlEntityManager } from '@mikro-orm/postgresql'

/** Events per transaction: whoever waits for the next one waits milliseconds. */
export const MOVED_AT_ONCE = 500

const MOVE = `
  with taken as (
    delete from lifecycle_event_pending
    where id in (select id from lifecycle_event_pending order by id limit ?) returning *
  ), numbered as (
    select taken.*, row_number() over (order by id) as n,
      row_number() over (partition by account_id order by id) as n_of_account,
      count(*) over (partition by account_id) as of_account
    from taken
  ), counted as (
    insert into lifecycle_event_account as present (account_id, sequence, position)
    select account_id, count(*), ?::bigint + max(n) from numbered group by account_id order by account_id
    on conflict (account_id) do update
      set sequence = present.sequence + excluded.sequence, position = excluded.position
    returning account_id, sequence
  ), head as (
    update lifecycle_event_head set position = position + (select count(*) from taken)
    where exists (select from taken)
  )
  insert into lifecycle_event (position, id, account_id, sequence, type, subject, at, data, created_at)
  select ?::bigint + n, event_id, account_id, counted.sequence - of_account + n_of_account, type, subject, at, data, created_at
  from numbered join counted using (account_id) order by n
  returning account_id as "accountId"`

/**
 * Moves events that have committed into the record, and gives each its position and the next number of its account.
 * Call it in a transaction of its own. Returns the account of each event that it moved.
 *
 * One transaction at a time does this, under the lock of the head's row. So positions become visible in their order,
 * and a reader that has seen one has seen all before it. Of two changes of which the second began after the first had
 * committed, the first one's event has the lower number when it is written, and is visible whenever the second one's
 * is: so they are moved in that order.
 */
export async function moveEvents(em: SqlEntityManager): Promise<string[]> {
  // A statement of its own: the next one must see what committed while this one waited.
  const [head] = await em.execute<{ position: string }[]>(
    'select position from lifecycle_event_head for update',
  )
  const position = head?.position ?? '0'
  const moved = await em.execute<{ accountId: string }[]>(MOVE, [MOVED_AT_ONCE, position, position])
  return moved.map(({ accountId }) => accountId)
}
