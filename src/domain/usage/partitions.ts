import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { pgArray } from '../sql.ts'
import { DAY_MS, DAYS_KEPT_MS, HOURS_KEPT_MS, MINUTES_KEPT_MS } from '../time.ts'

type Unit = 'day' | 'week' | 'month'
type Table = { table: string; unit: Unit; keepMs: number; storage?: string }

/** What transactions change again and again keeps its next version on the same page, and its entries in the indexes. */
const CHANGES = 'fillfactor = 50'

/** Whose maps are changed most are stored as they are: compressing takes longer than all else about such a row. */
const CHANGES_MOST = `${CHANGES}, toast_tuple_target = 4096`

/** The tables that are partitioned by time. A partition is dropped once all of it is older than `keepMs`. */
const TABLES: Table[] = [
  { table: 'usage_minute', unit: 'day', keepMs: MINUTES_KEPT_MS, storage: CHANGES_MOST },
  { table: 'usage_folded', unit: 'week', keepMs: HOURS_KEPT_MS },
  { table: 'usage_hour', unit: 'week', keepMs: HOURS_KEPT_MS, storage: CHANGES_MOST },
  { table: 'usage_ip', unit: 'week', keepMs: HOURS_KEPT_MS, storage: CHANGES },
  { table: 'usage_day', unit: 'month', keepMs: DAYS_KEPT_MS, storage: CHANGES },
]

export type Partition = { table: string; name: string; from: Date; to: Date }

/** The start of the UTC day, week (Monday) or month that holds `at`, or of the one `steps` after it. */
function startOf(unit: Unit, at: number, steps = 0): Date {
  const day = new Date(at)
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()]
  if (unit === 'month') return new Date(Date.UTC(year, month + steps, 1))
  if (unit === 'day') return new Date(Date.UTC(year, month, date + steps))
  return new Date(Date.UTC(year, month, date - ((day.getUTCDay() + 6) % 7) + 7 * steps))
}

const partitionOf = (table: string, unit: Unit, from: Date): Partition => ({
  table,
  name: `${table}_${from.toISOString().slice(0, 10).replaceAll('-', '')}`,
  from,
  to: startOf(unit, from.getTime(), 1),
})

/**
 * The partitions that there should be: from where reported events may fall (but not before what is kept) to one unit
 * beyond the next, so that a night without maintenance costs nothing. What falls elsewhere goes to the table's default
 * partition and counts all the same.
 */
export function wantedPartitions(now: Date): Partition[] {
  return TABLES.flatMap(({ table, unit, keepMs }) => {
    const reach = Math.min(keepMs, HOURS_KEPT_MS)
    const last = startOf(unit, now.getTime(), 2).getTime()
    const partitions: Partition[] = []
    for (let from = startOf(unit, now.getTime() - reach); from.getTime() < last; ) {
      const partition = partitionOf(table, unit, from)
      partitions.push(partition)
      from = partition.to
    }
    return partitions
  })
}

/** Those of the existing partitions, by name, of which nothing is to be kept any more. */
export function expiredPartitions(present: string[], now: Date): Partition[] {
  return present.flatMap((name) => {
    const [, base, digits] = /^(\w+)_(\d{8})$/.exec(name) ?? []
    const kept = TABLES.find(({ table }) => table === base)
    if (!kept || !digits) return []
    const from = new Date(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T00:00:00Z`)
    const partition = partitionOf(kept.table, kept.unit, from)
    return partition.to.getTime() <= now.getTime() - kept.keepMs ? [partition] : []
  })
}

/** The names of all partitions that there are, default ones apart. */
export async function existingPartitions(em: SqlEntityManager): Promise<string[]> {
  const rows = await em.execute<{ name: string }[]>(
    `select child.relname as name from pg_inherits i join pg_class child on child.oid = i.inhrelid
       join pg_class parent on parent.oid = i.inhparent
     where parent.oid = any (?::text[]::regclass[]) and child.relname not like '%\\_rest' order by 1`,
    [pgArray(TABLES.map(({ table }) => table))],
  )
  return rows.map((row) => row.name)
}

/**
 * Creates a partition and moves into it what the default one holds of its time. Call it in a transaction of its own:
 * writers of the table wait for its end.
 */
export async function createPartition(em: SqlEntityManager, partition: Partition): Promise<void> {
  const { table, name, from, to } = partition
  const range = [from.toISOString(), to.toISOString()]
  await lockForChange(em, table)
  // Somebody else may have made it while we waited.
  const made = await em.execute<{ name: string | null }[]>('select to_regclass(?)::text as name', [name])
  if (made[0]?.name) return
  const storage = TABLES.find((one) => one.table === table)?.storage
  const options = storage === undefined ? '' : ` with (${storage})`
  await em.execute(`create table ${name} (like ${table} including defaults)${options}`)
  await em.execute(
    `with moved as (delete from ${table}_rest where at >= ? and at < ? returning *)
     insert into ${name} select * from moved`,
    range,
  )
  await em.execute(
    `alter table ${table} attach partition ${name} for values from ('${range[0]}') to ('${range[1]}')`,
  )
}

/** Drops a partition, unless it is one of minutes that are not folded yet. Call it in a transaction of its own. */
export async function dropPartition(em: SqlEntityManager, { table, name }: Partition): Promise<boolean> {
  await lockForChange(em, table)
  if (table === 'usage_minute') {
    const [left] = await em.execute<{ some: boolean }[]>(`select exists (select from ${name}) as some`)
    if (left?.some) return false
  }
  await em.execute(`drop table if exists ${name}`)
  return true
}

/** Deletes what default partitions hold from before what is kept; minutes go by being folded. */
export async function emptyDefaults(em: SqlEntityManager, now: Date): Promise<void> {
  for (const { table, keepMs } of TABLES) {
    if (table === 'usage_minute') continue
    await em.execute(`delete from ${table}_rest where at < ?`, [new Date(now.getTime() - keepMs - DAY_MS)])
  }
}

/** Gives up rather than let every writer queue up behind a long reader. */
async function lockForChange(em: SqlEntityManager, table: string): Promise<void> {
  await em.execute(`set local lock_timeout = '5s'`)
  await em.execute(`lock table ${table} in access exclusive mode`)
}
