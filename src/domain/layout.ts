import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { JournalEntry } from './journal/JournalEntry.ts'
import { appendToJournal, readJournalOf } from './journal/journalStore.ts'
import { MAX_SHARDS, regionOfShard, shardNames } from './shards.ts'

/** Any number that nobody else takes: who writes the list of regions takes it alone, who reads it takes it shared. */
export const REGION_LIST = 7_190_001

/** How many shards each region has; 0 while they are being divided. */
export const CURRENT_SHARDS = `coalesce((select case when dividing_into is null then shards else 0 end from layout), 1)`

/** The same, as a process reads it. Throws what Postgres throws. */
export async function readShards(em: SqlEntityManager): Promise<number> {
  const [row] = await em.execute<{ shards: number }[]>(`select ${CURRENT_SHARDS} as shards`)
  return row?.shards ?? 1
}

/** How many shards there are, and into how many they are being divided, if they are. Throws what Postgres throws. */
export async function readLayout(em: SqlEntityManager): Promise<{ shards: number; into: number | null }> {
  const [row] = await em.execute<{ shards: number; into: number | null }[]>(
    'select shards, dividing_into as into from layout',
  )
  return row ?? { shards: 1, into: null }
}

/** Regions have another number of shards than this process knows of. */
export class OtherShards extends Error {
  /** 0 while they are being divided. */
  readonly shards: number

  constructor(own: number, shards: number) {
    super(
      shards === 0
        ? 'The regions are being divided into more shards.'
        : `SHARDS is ${own} here, and regions have ${shards} shards.`,
    )
    this.shards = shards
  }
}

/**
 * Begins to divide regions, in a transaction of its own: from its end on no process opens a region, and no change is
 * applied, until `endDivision`. Each waits and tries again.
 */
export async function beginDivision(
  em: SqlEntityManager,
  { from, into }: { from: number; into: number },
): Promise<void> {
  if (into <= from || into > MAX_SHARDS)
    throw new Error(`Regions have ${from} shards. They can be divided into more, at most ${MAX_SHARDS}.`)
  await em.execute('select pg_advisory_xact_lock(?)', [REGION_LIST])
  await em.execute(
    `insert into layout (shards, dividing_into) values (?, ?)
     on conflict (only_one) do update set dividing_into = excluded.dividing_into`,
    [from, into],
  )
}

/** Whether a server that had a lease for one of these shards may still admit. */
export async function mayAdmit(em: SqlEntityManager, names: string[]): Promise<boolean> {
  const rows = await em.execute<unknown[]>(
    `select 1 from region_epoch
     where lease_until > clock_timestamp() and region in (select jsonb_array_elements_text(?::jsonb))`,
    [JSON.stringify(names)],
  )
  return rows.length > 0
}

/** Gives a division up, in a transaction of its own. */
export async function giveUpDivision(em: SqlEntityManager): Promise<void> {
  await em.execute('update layout set dividing_into = null')
}

/**
 * Ends a division, in a transaction of its own: each shard begins a new epoch, and in an empty one nothing is owed.
 * Commands that waited for a region are looked at next.
 */
export async function endDivision(em: SqlEntityManager, into: number): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(?)', [REGION_LIST])
  const listed = await em.execute<{ name: string }[]>('select name from region')
  const regions = new Set(listed.map(({ name }) => regionOfShard(name)))
  const names = [...regions].flatMap((region) => shardNames(region, into))
  await em.execute('delete from region_epoch')
  await em.execute(
    `with waited as (delete from command_region where confirmed_at is null returning command_id)
     update command set sweep_at = clock_timestamp()
     where id in (select command_id from waited) and status = 'applied'`,
  )
  await em.execute(
    'insert into region (name) select jsonb_array_elements_text(?::jsonb) on conflict do nothing',
    [JSON.stringify(names)],
  )
  await em.execute('update layout set shards = ?, dividing_into = null', [into])
  await appendToJournal(em, 'divided', { kind: 'regions-divided', subject: String(into) })
}

/** The entry of the last division that the journal has, for the regions. */
export async function readDivision(em: SqlEntityManager): Promise<JournalEntry | undefined> {
  return (await readJournalOf(em, 'divided')).at(-1)
}
