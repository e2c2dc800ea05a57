import { familyTime } from '../cpuTime.ts'
import type { Service } from '../startService.ts'
import { ALL, type Parts } from './nodeParts.ts'

/** What Postgres has to be started with to be watched. */
export const WATCHED_POSTGRES = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track_planning': 'on',
}

/**
 * One statement: how often a unit of work runs it, and how long that takes for a unit, in µs; the pages that it reads
 * from outside of Postgres' own memory, the bytes of WAL that it writes, and the whole pages among them.
 */
export type Statement = {
  text: string
  calls: number
  planning: number
  executing: number
  pagesRead: number
  walBytes: number
  walPages: number
}

/** They wait for the disk, which takes no CPU time. */
const OF_TRANSACTIONS = /^(begin|commit|rollback|savepoint|release|set|start transaction)\b/i

/**
 * Begins to watch a Postgres; the function that is returned ends it. Statements are timed by the clock: close to CPU
 * time where none waits for a lock, the disk, or a processor. Parts are scaled down where they exceed that.
 */
export async function watchPostgres({
  query,
  postgresPid,
}: Pick<Service, 'query' | 'postgresPid'>): Promise<
  (units: number) => Promise<{ parts: Parts; statements: Statement[] }>
> {
  await query('create extension if not exists pg_stat_statements', [])
  await query('select pg_stat_statements_reset()', [])
  const cpu = await familyTime(postgresPid)
  return async (units) => {
    const all = ((await familyTime(postgresPid)) - cpu) / units
    const rows = await query<Record<Exclude<keyof Statement, 'text'>, string> & { text: string }>(
      `select query as text, calls, total_plan_time * 1000 as planning, total_exec_time * 1000 as executing,
         shared_blks_read as "pagesRead", wal_bytes as "walBytes", wal_fpi as "walPages"
       from pg_stat_statements s join pg_database d on d.oid = s.dbid
       where d.datname = current_database() and query not like '%pg_stat_statements%'`,
      [],
    )
    const statements = rows
      .filter(({ text }) => !OF_TRANSACTIONS.test(text))
      .map(({ text, ...counts }) => ({ text, ...perUnit(counts, units) }))
    const sum = (of: 'planning' | 'executing') => statements.reduce((total, one) => total + one[of], 0)
    const [planning, executing] = [sum('planning'), sum('executing')]
    const known = Math.min(1, all / (planning + executing))
    const parts: Parts = new Map([
      ['planning', planning * known],
      ['executing', executing * known],
      ['protocol, parsing, commits, background', all - (planning + executing) * known],
      [ALL, all],
    ])
    return { parts, statements }
  }
}

const perUnit = <Name extends string>(counts: Record<Name, string>, units: number) =>
  Object.fromEntries(
    Object.entries<string>(counts).map(([name, count]) => [name, Number(count) / units]),
  ) as Record<Name, number>
