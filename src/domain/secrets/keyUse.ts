import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { keyOf, SEALED_COLUMNS } from './sealedColumns.ts'

/** How many values depend on a secrets key, and of which kinds: `what` of `SEALED_COLUMNS`. */
export type KeyUse = { key: number; values: number; of: Record<string, number> }

/** The use of every secrets key that any value names, lowest number first. */
export async function readKeyUse(em: SqlEntityManager): Promise<KeyUse[]> {
  const parts = SEALED_COLUMNS.map(
    ({ values }, index) =>
      `select ${index} as index, ${keyOf('value')} as key, count(*)::int as values
       from (${values}) sealed where value is not null group by 2`,
  )
  const rows = await em.execute<{ index: number; key: number; values: number }[]>(parts.join(' union all '))
  const uses = new Map<number, KeyUse>()
  for (const { index, key, values } of rows) {
    const use = uses.get(key) ?? { key, values: 0, of: {} }
    use.values += values
    use.of[SEALED_COLUMNS[index]?.what ?? ''] = values
    uses.set(key, use)
  }
  return [...uses.values()].sort((a, b) => a.key - b.key)
}

/** Values under keys other than the current one. */
export async function countUnderOtherKeys(em: SqlEntityManager, current: number): Promise<number> {
  const uses = await readKeyUse(em)
  return uses.filter(({ key }) => key !== current).reduce((sum, { values }) => sum + values, 0)
}
