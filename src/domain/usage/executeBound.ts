import type { Kysely, SqlEntityManager } from '@mikro-orm/postgresql'

type Query = Parameters<Kysely<unknown>['executeQuery']>[0]

/**
 * Runs a statement in the manager's transaction with its parameters bound (`$1`, …). `em.execute` writes them into the
 * text instead, which for a megabyte of usage costs more than what is done with it.
 */
export async function executeBound<Row = unknown>(
  em: SqlEntityManager,
  sql: string,
  parameters: unknown[],
): Promise<Row[]> {
  const query = {
    sql,
    parameters,
    query: { kind: 'RawNode', sqlFragments: [sql], parameters: [] },
    queryId: { queryId: 'bound' },
  } as unknown as Query
  const { rows } = await em.getKysely().executeQuery(query)
  return rows as Row[]
}
