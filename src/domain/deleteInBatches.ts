import type { SqlEntityManager } from '@mikro-orm/postgresql'

/** Rows per statement: nobody waits long for their locks. */
export const ROWS_AT_ONCE = 1_000

/** Where the first statement begins. */
const LOWEST = { text: '', timestamptz: '-infinity', integer: '0' }

/** Which rows of a table to delete. All names are this code's own. */
export type Expired = {
  table: string
  /** The columns of its primary key. */
  key: string
  /** A column that an index begins with, and its Postgres type: the order of deletion. */
  by: string
  type: keyof typeof LOWEST
  /** An SQL condition with a `?` per value. */
  where: string
  values: unknown[]
}

/**
 * Deletes rows in statements that each commit by themselves: what a process that dies has deleted stays deleted, and
 * the next run continues. Each statement begins where the last one ended, so that none reads again what those before
 * have deleted or passed over. Returns how many rows were deleted.
 */
export async function deleteInBatches(
  em: SqlEntityManager,
  { table, key, by, type, where, values }: Expired,
  rowsAtOnce = ROWS_AT_ONCE,
): Promise<number> {
  const sql = `
    with expired as (
      select ${key} from ${table} where ${by} >= ?::${type} and ${where} order by ${by} limit ?
    ), deleted as (
      delete from ${table} where (${key}) in (select ${key} from expired) returning ${by}
    )
    select count(*)::int as count, max(${by})::text as last from deleted`
  let deleted = 0
  for (let from: string | null = LOWEST[type]; from !== null; ) {
    const [row]: { count: number; last: string | null }[] = await em.execute(sql, [
      from,
      ...values,
      rowsAtOnce,
    ])
    deleted += row?.count ?? 0
    from = row?.last ?? null
  }
  return deleted
}
