import type { SqlEntityManager } from '@mikro-orm/postgresql'

/** Rows per statement: no transaction waits long for one. */
export const EXPIRED_ENTRIES_AT_ONCE = 5_000

/**
 * Deletes entries of both audit logs from before an instant, oldest first. Their IDs grow with time, so only the
 * oldest are looked at.
 */
export async function expireAudit(em: SqlEntityManager, before: Date): Promise<void> {
  for (const table of ['audit_entry', 'operator_audit_entry']) await expire(em, table, before)
}

async function expire(em: SqlEntityManager, table: string, before: Date): Promise<void> {
  for (let deleted = EXPIRED_ENTRIES_AT_ONCE; deleted === EXPIRED_ENTRIES_AT_ONCE; ) {
    const rows = await em.execute<unknown[]>(
      `with oldest as (select id, at from ${table} order by id limit ?)
       delete from ${table} where id in (select id from oldest where at < ?) returning 1`,
      [EXPIRED_ENTRIES_AT_ONCE, before],
    )
    deleted = rows.length
  }
}
