import { readKeyListUsage } from '../../src/domain/usage/keyListUsage.ts'
import { readWindows } from '../../src/domain/usage/windows.ts'
import type { Service } from '../startService.ts'

type Em = Parameters<typeof readWindows>[0]

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
  const watched = new Proxy(em, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target)
      if (name !== 'execute') return typeof value === 'function' ? value.bind(target) : value
      return async (sql: string, params: unknown[]) => {
        const rows = await target.execute<Record<string, string>[]>(
          `explain (analyze, buffers, costs off) ${sql}`,
          params,
        )
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
        return target.execute(sql, params)
      }
    },
  })
  await read(watched)
  return plans.map(shorten).join('\n\n')
}

/** Leaves out what only repeats: casts, lists of keys, and what each step says of itself beside its rows, time and condition. */
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
