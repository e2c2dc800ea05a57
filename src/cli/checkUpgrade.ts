import { type Effects, readEffects, STOPS } from '../platform/migrationEffects.ts'
import type { Em, Orm } from '../platform/postgres.ts'
import { isTooOld, readSchemaState, SchemaMismatch, schemaFault } from '../platform/schemaState.ts'

/** Migrations wait this long for a lock, by `lock_timeout`. Then they fail without a trace. */
const LOCK_TIMEOUT_S = 5
/** What a disk surely reads; a slow one writes a quarter of that. */
const READ_BYTES_PER_S = 100_000_000
const REWRITE_BYTES_PER_S = 25_000_000

type Sized = { bytes: number }

type MigrationReport = {
  migration: string
  /** What other sessions cannot do meanwhile. Sizes include indexes. */
  stops: ({ table: string; what: string; mode: string } & Sized)[]
  /** Indexes that are built while reads and writes go on. */
  builds: ({ index: string; table: string } & Sized)[]
  /** For how long, once it has its locks: 0 is some milliseconds, whatever the size. null: this release cannot tell. */
  seconds: number | null
}

export type UpgradeReport = {
  version: string
  schema: number
  databaseSchema: number
  /** Whether processes of the release that migrated the database last may go on during and after the migration. */
  rolling: boolean
  /** Why it cannot. */
  reason: string | null
  lockTimeoutSeconds: number
  /** The transaction that has been open longest, in this database. */
  longestTransactionSeconds: number
  migrations: MigrationReport[]
  /** What the report does not know, and what stands in the way now. */
  notes: string[]
}

/** Only reads. Throws SchemaMismatch where this release is too old for the database. */
export async function checkUpgrade(
  orm: Orm,
  { effects = readEffects(), patienceSeconds = LOCK_TIMEOUT_S } = {},
): Promise<UpgradeReport> {
  const em = orm.em.fork()
  const state = await readSchemaState(em)
  const { version, schema, databaseSchema, runsFrom, pending } = state
  if (isTooOld(state)) throw new SchemaMismatch(schemaFault(state) ?? '')
  const ahead = pending.map((name) => [name, effects[name]] as const)
  const tables = await readTables(
    em,
    ahead.flatMap(([, one]) => (one ? touched(one) : [])),
  )
  const longest = await longestTransaction(em)
  const raised = Math.max(runsFrom, ...ahead.map(([, one]) => one?.runsFrom ?? 0))
  const rolling = raised <= databaseSchema
  return {
    version,
    schema,
    databaseSchema,
    rolling,
    reason: rolling ? null : reasonOf(databaseSchema, raised),
    lockTimeoutSeconds: LOCK_TIMEOUT_S,
    longestTransactionSeconds: longest,
    migrations: ahead.map(([migration, one]) => reportOf(migration, one, tables)),
    notes:
      pending.length === 0
        ? ['Nothing is pending.']
        : notesOf(longest, patienceSeconds, [...tables.values()]),
  }
}

const reasonOf = (databaseSchema: number, raised: number) =>
  databaseSchema === 0
    ? 'The database is empty: there is nothing to roll.'
    : `Releases before schema ${raised} cannot run on the new schema, and the database has schema ${databaseSchema}. ` +
      'Upgrade to a release in between first, or stop every process, migrate, and start the new release.'

/** Tables whose size or whose locks matter. */
const touched = ({ locks = {}, reads = [], rewrites = [], builds = {} }: Effects) => [
  ...Object.keys(locks).filter((table) => locks[table] && locks[table] in STOPS),
  ...reads,
  ...rewrites,
  ...Object.values(builds),
]

function reportOf(
  migration: string,
  effects: Effects | undefined,
  tables: Map<string, Table>,
): MigrationReport {
  if (!effects) return { migration, stops: [], builds: [], seconds: null }
  const { locks = {}, reads = [], rewrites = [], builds = {} } = effects
  const bytes = (table: string) => tables.get(table)?.bytes ?? 0
  const stops = Object.entries(locks).flatMap(([table, mode]) => {
    const what = STOPS[mode]
    return what ? [{ table, what, mode, bytes: bytes(table) }] : []
  })
  const work = (names: string[], perSecond: number) =>
    names.reduce((sum, table) => sum + bytes(table), 0) / perSecond
  const seconds = work(reads, READ_BYTES_PER_S) + work(rewrites, REWRITE_BYTES_PER_S)
  return {
    migration,
    stops,
    builds: Object.entries(builds).map(([index, table]) => ({ index, table, bytes: bytes(table) })),
    seconds: stops.length === 0 || reads.length + rewrites.length === 0 ? 0 : Math.ceil(seconds),
  }
}

type Table = { name: string; bytes: number; heldSeconds: number | null }

/** Their sizes, and for how long a transaction that is open now has had a lock on each. */
async function readTables(em: Em, names: string[]): Promise<Map<string, Table>> {
  const rows = await em.execute<{ name: string; bytes: string; held: string | null }[]>(
    `select wanted.name, sum(pg_total_relation_size(part.oid)) as bytes,
       max((select max(extract(epoch from now() - a.xact_start)) from pg_locks l join pg_stat_activity a using (pid)
         where l.relation = part.oid and l.database = (select oid from pg_database where datname = current_database())
           and l.granted and a.pid <> pg_backend_pid())) as held
     from (select distinct name, to_regclass(name) as oid
       from jsonb_array_elements_text(?::jsonb) as names (name)) as wanted
     cross join lateral (select wanted.oid union select relid from pg_partition_tree(wanted.oid)) as part (oid)
     where wanted.oid is not null group by wanted.name`,
    [JSON.stringify(names)],
  )
  return new Map(
    rows.map(({ name, bytes, held }) => [
      name,
      { name, bytes: Number(bytes), heldSeconds: held === null ? null : Math.round(Number(held)) },
    ]),
  )
}

async function longestTransaction(em: Em): Promise<number> {
  const [row] = await em.execute<{ seconds: string | null }[]>(
    `select max(extract(epoch from now() - xact_start)) as seconds from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  )
  return Math.round(Number(row?.seconds ?? 0))
}

function notesOf(longest: number, patienceSeconds: number, tables: Table[]): string[] {
  const held = tables.filter(({ heldSeconds }) => heldSeconds !== null && heldSeconds > patienceSeconds)
  return [
    'Locks are those that Postgres showed when the release was made. Times are estimates by the size of the tables: ' +
      'they assume 100 MB/s of reading, and do not know how busy this database is.',
    `Before each lock a migration waits up to ${LOCK_TIMEOUT_S} s for open transactions, and statements that come ` +
      'meanwhile wait behind it. Then it fails and changes nothing: run it again.',
    ...held.map(
      ({ name, heldSeconds }) =>
        `A transaction that has been open for ${heldSeconds} s uses ${name}: a migration that needs a lock on it fails now.`,
    ),
    ...(longest > patienceSeconds
      ? [
          `Indexes wait for transactions that are open before they are complete; the longest has been for ${longest} s.`,
        ]
      : []),
    'Transactions of other roles are visible only with the role pg_read_all_stats.',
  ]
}
