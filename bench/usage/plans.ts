import { readKeyListUsage } from '../../src/domain/usage/keyListUsage.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import type { Service } from '../startService.ts'

type Em = Parameters<typeof readWindows>[0]
type Query = Extract<Parameters<ReturnType<Em['getKysely']>['executeQuery']>[0], { sql: string }>

/** The plans of the statements that reading a key's windows, and a page's usage, run, as Postgres explains them. */
export async function explainReads(
  service: Service,
  keyIds: string[],
): Promise<{ one: string; page: string }> {
  const [first = ''] = keyIds
  const now = new Date()
  // Once before: what is explained has met its pages already, as a busy service's has.
  await readKeyListUsage(service.orm.em.fork(), keyIds, now)
  return {
    one: await explain(service, (em) => readWindows(em, [first], now)),
    page: await explain(service, (em) => readKeyListUsage(em, keyIds, now)),
  }
}

async function explain(service: Service, read: (em: Em) => Promise<unknown>): Promise<string> {
  const plans: string[] = []
  const em = service.orm.em.fork()
  const kysely = em.getKysely()
  const executeQuery = async (query: Query) => {
    const { rows } = await kysely.executeQuery({
      ...query,
      sql: `explain (analyze, buffers, costs off) ${query.sql}`,
    })
    plans.push((rows as Record<string, string>[]).map((row) => row['QUERY PLAN']).join('\n'))
    return kysely.executeQuery(query)
  }
  const watched = new Proxy(em, {
    get: (target, name) => {
      if (name === 'getKysely') return () => ({ executeQuery })
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  await read(watched)
  return plans.map(shorten).join('\n\n')
}

/**
 * Leaves out what only repeats: casts, lists of keys, and what each step says of itself beside its rows, time and
 * condition.
 */
function shorten(plan: string): string {
  return plan
    .split('\n')
    .filter(
      (line) =>
        !/^ *(Recheck Cond|Index Searches|Heap Blocks|Rows Removed|Sort Key|Group Key|Sort Method)/.test(
          line,
        ),
    )
    .filter((line) => !/^ {4,}Buffers/.test(line) && !line.includes('Subquery Scan on'))
    .map((line) =>
      line
        .replaceAll(/ANY \('\{[^}]*\}'::text\[\]\)/g, 'ANY (…)')
        .replaceAll(/'([\d-]+ [\d:]+):00\+00'::timestamp with time zone/g, "'$1'")
        .replaceAll(/actual time=[\d.]+\.\.([\d.]+) rows=([\d.]+)\.00 loops=1\b/g, '$1 ms, $2 rows')
        .replace(/^ +/, (spaces) => ' '.repeat(spaces.length / 3)),
    )
    .join('\n')
}
