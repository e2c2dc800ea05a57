import type { SqlEntityManager } from '@mikro-orm/postgresql'

export type Undelivered = { pending: number; due: number; failed: number }

/**
 * Notifications that are on their way, those among them that should have been tried by now, and those given up in a
 * day.
 */
export async function countUndelivered(em: SqlEntityManager): Promise<Undelivered> {
  const [row] = await em.execute<Undelivered[]>(
    `select (count(*) filter (where status = 'pending'))::int as pending,
       (count(*) filter (where status = 'pending' and next_attempt_at < now()))::int as due,
       (count(*) filter (where status = 'failed'))::int as failed
     from notification where status = 'pending' or (status = 'failed' and finished_at > now() - interval '1 day')`,
  )
  return row ?? { pending: 0, due: 0, failed: 0 }
}

/** Seconds that the oldest notification which is not delivered waits, and that the oldest due one is late. */
export async function oldestNotifications(
  em: SqlEntityManager,
): Promise<{ undelivered: number; due: number }> {
  const [row] = await em.execute<{ undelivered: number; due: number }[]>(
    `select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 undelivered,
       greatest(0, coalesce(extract(epoch from now() - min(next_attempt_at)), 0))::float8 due
     from notification where status = 'pending'`,
  )
  return { undelivered: row?.undelivered ?? 0, due: row?.due ?? 0 }
}
