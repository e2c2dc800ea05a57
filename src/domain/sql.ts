import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { CompiledQuery } from 'kysely'

/**
 * Runs a statement in the manager's transaction with its parameters bound (`$1`, …). `em.execute` writes them into the
 * text instead, which for a megabyte of usage costs more than what is done with it.
 */
export async function executeBound<Row = unknown>(
  em: SqlEntityManager,
  sql: string,
  parameters: unknown[],
): Promise<Row[]> {
  const { rows } = await em.getKysely().executeQuery<Row>(CompiledQuery.raw(sql, parameters))
  return rows
}

/**
 * A Postgres array of values that need no quotes: IDs, digests, numbers. Bind it as a parameter and cast it, as in
 * `any(?::text[])`.
 */
export const pgArray = (values: readonly (string | number)[]): string => `{${values.join(',')}}`

/** A pattern for `like` and `ilike` that finds a text wherever it stands. `%`, `_` and `\` in it mean themselves. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`
