import type { Migration } from '@mikro-orm/migrations'

type Backfill = {
  table: string
  /** A column that is unique and has an index, usually the primary key: the order in which rows are visited. */
  key: string
  /** Which rows are to be changed. It should not hold any more for a row that was. */
  where: string
  set: string
  /** Rows that are locked at once. */
  batch?: number
}

/**
 * Changes old rows in batches, each a transaction of its own. Each row is visited once, in the order of `key`; a run
 * that was interrupted goes on with the rows for which `where` still holds. Throws in a transactional migration, which
 * would keep every row locked to its end.
 */
export async function backfill(
  migration: Migration,
  { table, key, where, set, batch = 5_000 }: Backfill,
): Promise<void> {
  if (migration.isTransactional())
    throw new Error('A migration with a backfill returns false from isTransactional().')
  for (let last: unknown; ; ) {
    const isNext = last === undefined ? '' : `and ${key} > ?`
    const [row] = await migration.execute(
      `with batch as materialized (
         select ${key} from ${table} where (${where}) ${isNext} order by ${key} limit ${batch} for update
       ), changed as (
         update ${table} as row set ${set} from batch where row.${key} = batch.${key}
       )
       select max(${key}) as last from batch`,
      last === undefined ? [] : [last],
    )
    last = row?.last ?? undefined
    if (last === undefined) return
  }
}
