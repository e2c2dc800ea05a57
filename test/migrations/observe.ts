import { type Effects, STOPS } from '../../src/platform/migrationEffects.ts'
import type { openSql } from '../setup/runSql.ts'
import type { Script } from './scripts.ts'

type Sql = Awaited<ReturnType<typeof openSql>>

/** From the weakest on, as Postgres documents them. A lock for reading is no effect. */
const MODES = ['RowExclusiveLock', 'ShareUpdateExclusiveLock', ...Object.keys(STOPS)]

/** A table, or the partitioned one that it is a part of. */
const TABLES = `select c.oid, coalesce(pg_partition_root(c.oid), c.oid)::regclass::text as name,
  pg_relation_filenode(c.oid) as file, s.seq_scan + coalesce(s.idx_scan, 0) as scans
  from pg_class c left join pg_stat_xact_user_tables s on s.relid = c.oid
  where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`
const DEFAULTS = `select attrelid as oid, attrelid::regclass::text || '.' || attname::text as name from pg_attribute
  where atthasdef and not attisdropped and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`
const KEYS = `select conrelid as oid, conrelid::regclass::text as name, pg_get_constraintdef(oid) as key from pg_constraint
  where contype = 'p' and connamespace = 'public'::regnamespace`
const LOCKS = `select relation as oid, mode from pg_locks where pid = pg_backend_pid() and locktype = 'relation'`
const INDEXES = `select indexrelid::regclass::text as name, indrelid::regclass::text as on from pg_index
  where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`

/** Runs a migration, and returns what it did to the tables that were there. `end` is the last word of a transaction. */
export async function observe(
  { run }: Sql,
  { transactional, statements }: Script,
  end: 'commit' | 'rollback' = 'commit',
): Promise<Effects> {
  const runsFrom = await readRunsFrom(run)
  if (!transactional) {
    const before = new Set((await run(INDEXES)).map(({ name }) => name))
    for (const statement of statements) await run(statement)
    const built = (await run(INDEXES)).filter(({ name }) => !before.has(name))
    const builds = Object.fromEntries(built.map(({ name, on }) => [String(name), String(on)]))
    return tidy({ transactional, builds })
  }
  await run('begin')
  // What an earlier transaction of this session counted may still be among the counts.
  const tables = new Map((await run(TABLES)).map((table) => [table.oid, table]))
  const [defaults, keys] = [await run(DEFAULTS), await run(KEYS)]
  try {
    for (const statement of statements) await run(statement)
    const defaultsAfter = new Set((await run(DEFAULTS)).map(({ name }) => name))
    const keysAfter = new Map((await run(KEYS)).map(({ oid, key }) => [oid, key]))
    const locks: Record<string, string> = {}
    for (const { oid, mode } of await run(LOCKS)) {
      const name = tables.get(oid)?.name
      const isStronger = MODES.indexOf(String(mode)) > MODES.indexOf(locks[String(name)] ?? '')
      if (name !== undefined && isStronger) locks[String(name)] = String(mode)
    }
    const after = (await run(TABLES)).filter(({ oid }) => tables.has(oid))
    const named = (isIt: (before: Record<string, unknown>, now: Record<string, unknown>) => boolean) => [
      ...new Set(after.filter((now) => isIt(tables.get(now.oid) ?? {}, now)).map(({ name }) => String(name))),
    ]
    const reads = named((before, now) => Number(now.scans ?? 0) > Number(before.scans ?? 0))
    const rewrites = named((before, now) => before.file !== now.file)
    const raised = await readRunsFrom(run)
    return tidy({
      transactional,
      locks,
      reads,
      rewrites,
      defaultsDropped: defaults.flatMap(({ name }) => (defaultsAfter.has(name) ? [] : [String(name)])),
      keysChanged: keys.flatMap(({ oid, name, key }) => (keysAfter.get(oid) === key ? [] : [String(name)])),
      ...(raised === runsFrom ? {} : { runsFrom: raised }),
    })
  } finally {
    await run(end).catch(() => run('rollback'))
  }
}

async function readRunsFrom(run: Sql['run']): Promise<number> {
  const [found] = await run(`select to_regclass('schema_version') is not null as is`)
  if (!found?.is) return 0
  return Number((await run('select runs_from from schema_version'))[0]?.runs_from)
}

/** Sorted, and without what is empty. */
function tidy({ transactional, locks, builds, runsFrom, ...named }: Effects): Effects {
  const sorted = (record: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)))
  const lists = {
    locks: sorted(locks),
    reads: named.reads?.toSorted() ?? [],
    rewrites: named.rewrites?.toSorted() ?? [],
    defaultsDropped: named.defaultsDropped?.toSorted() ?? [],
    keysChanged: named.keysChanged?.toSorted() ?? [],
    builds: sorted(builds),
  }
  const filled = Object.entries(lists).filter(([, list]) => Object.keys(list).length > 0)
  return { transactional, ...Object.fromEntries(filled), ...(runsFrom === undefined ? {} : { runsFrom }) }
}
