import type { SqlEntityManager } from '@mikro-orm/postgresql'

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
