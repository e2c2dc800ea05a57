import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Command } from './Command.ts'
import type { CommandKind } from './catalogue.ts'

/** The sweeper leaves a new command to its first job for this long. */
export const FIRST_SWEEP_MS = 10_000

export type NewCommand = Pick<Command, 'id' | 'kind' | 'payload' | 'actor' | 'createdAt' | 'sweepAt'> & {
  [Field in
    | 'accountId'
    | 'targetId'
    | 'permission'
    | 'idempotencyHash'
    | 'requestHash'
    | 'sealedSecret'
    | 'replyTo']: string | null
}

/**
 * Inserts a command, unless its account already has `most` unfinished ones or its Idempotency-Key is taken. `ahead`
 * is how many unfinished ones there are, counted up to `most`.
 */
export async function insertCommand(
  em: SqlEntityManager,
  command: NewCommand,
  most: number,
): Promise<{ inserted: boolean; ahead: number }> {
  const [row] = await em.execute<{ inserted: boolean; ahead: number }[]>(
    `with backlog as (
       select count(*)::int as n from (
         select 1 from command where account_id = ? and status in ('pending', 'applied') limit ?
       ) as unfinished
     ), inserted as (
       insert into command (id, account_id, kind, target_id, payload, actor, permission, status, idempotency_hash,
         request_hash, sealed_secret, reply_to, created_at, sweep_at)
       select ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, 'pending', ?, ?, ?, ?, ?::timestamptz, ?::timestamptz
       from backlog where n < ?
       on conflict (coalesce(account_id, ''), idempotency_hash) where idempotency_hash is not null do nothing
       returning id
     )
     select exists (select from inserted) as inserted, n as ahead from backlog`,
    [
      command.accountId,
      most,
      command.id,
      command.accountId,
      command.kind,
      command.targetId,
      JSON.stringify(command.payload),
      JSON.stringify(command.actor),
      command.permission,
      command.idempotencyHash,
      command.requestHash,
      command.sealedSecret,
      command.replyTo,
      command.createdAt,
      command.sweepAt,
      most,
    ],
  )
  return row ?? { inserted: false, ahead: 0 }
}

export type Swept = Pick<Command, 'id' | 'propagate'> & {
  kind: CommandKind
  status: 'pending' | 'applied'
  accountId: string | null
  createdAt: string
  /** The account's unfinished commands, this one among them. */
  ahead: number
}

/**
 * The unfinished commands whose time has come, and when they come again: after 10 s first, doubled each time up to
 * 5 minutes, so that a backlog is not made longer by asking again. One that a worker has in hand is left to it.
 */
export function takeUnfinished(em: SqlEntityManager, now: Date, most: number): Promise<Swept[]> {
  return em.execute<Swept[]>(
    `with taken as (
       update command set sweeps = sweeps + 1,
         sweep_at = ?::timestamptz + least(10 * 2 ^ least(sweeps + 1, 10), 300) * interval '1 second'
       where id in (
         select id from command where status in ('pending', 'applied') and sweep_at <= ?
         order by sweep_at limit ? for update skip locked
       )
       returning id, kind, status, account_id, propagate, created_at
     ), backlog as (
       select account_id, count(*)::int as n from command
       where status in ('pending', 'applied') and account_id in (select account_id from taken) group by account_id
     )
     select id, kind, status, account_id as "accountId", propagate, created_at as "createdAt", coalesce(n, 0) as ahead
     from taken left join backlog using (account_id)`,
    [now, now, most],
  )
}
