import type { SqlEntityManager } from '@mikro-orm/postgresql'
import type { Propagated } from './commands/Command.ts'
import { CURRENT_SHARDS, OtherShards, REGION_LIST } from './layout.ts'
import { placeOfShard, regionOfShard, shardNames, shardOf } from './shards.ts'

/** The region that every deployment has: its Redis holds the queues, too. */
export const PRIMARY = 'primary'

/** Whether a shard is one of the primary region. */
export const isPrimary = (name: string): boolean => regionOfShard(name) === PRIMARY

/**
 * The shards of all regions that a change of these accounts must reach; without `accountIds`, all of them. Call it in
 * the transaction of the change: a region that is added meanwhile, or divided, waits for its end, and so reads the
 * changed state when it begins. Throws where the database has another number of shards.
 */
export async function shardsToReach(
  em: SqlEntityManager,
  shards: number,
  accountIds?: string[],
): Promise<string[]> {
  await em.execute('select pg_advisory_xact_lock_shared(?)', [REGION_LIST])
  const [row] = await em.execute<{ shards: number; further: string[] }[]>(
    `select ${CURRENT_SHARDS} as shards,
       coalesce((select jsonb_agg(name order by name) from region), '[]') as further`,
  )
  if (row?.shards !== shards) throw new OtherShards(shards, row?.shards ?? 0)
  const all = [...shardNames(PRIMARY, shards), ...row.further]
  if (!accountIds) return all
  const places = new Set(accountIds.map((id) => shardOf(id, shards)))
  return all.filter((name) => places.has(placeOfShard(name)))
}

/** Adds the shards of further regions to the list, in a transaction of its own. Only then may one be given a lease. */
export async function registerRegions(em: SqlEntityManager, names: string[]): Promise<void> {
  if (names.length === 0) return
  await em.execute('select pg_advisory_xact_lock(?)', [REGION_LIST])
  for (const name of names) {
    await em.execute('insert into region (name) values (?) on conflict do nothing', [name])
  }
}

/** How long after the noted end a lease may still run, by a clock that runs slow, in ms. */
export const leaseMarginMs = (leaseMs: number) => 1_000 + leaseMs / 10

export type ListedRegion = { name: string; leaseUntil: string | null; owed: number }

/** The further regions, until when a shard of each may hold a lease at the most, and how many commands it is owed. */
export async function listRegions(em: SqlEntityManager): Promise<ListedRegion[]> {
  const rows = await em.execute<{ name: string; lease_until: string | null; owed: number }[]>(
    `select split_part(name, '.', 1) as name, max(lease_until) as lease_until,
       sum((select count(*) from command_region c where c.region = r.name and confirmed_at is null))::int as owed
     from region r group by 1 order by 1`,
  )
  return rows.map(({ name, lease_until, owed }) => ({
    name,
    leaseUntil: lease_until === null ? null : new Date(lease_until).toISOString(),
    owed,
  }))
}

/**
 * Takes a region off the list, in a transaction of its own, unless it may still hold a lease. Commands wait for it no
 * longer: the sweeper looks at them next, and finishes those that every other region has. Its epoch ends: listed
 * again, it begins a new one. Returns what became of it.
 */
export async function removeRegion(
  em: SqlEntityManager,
  { region, marginMs }: { region: string; marginMs: number },
): Promise<'removed' | 'leased' | 'unknown'> {
  await em.execute('select pg_advisory_xact_lock(?)', [REGION_LIST])
  const rows = await em.execute<{ name: string; over: boolean }[]>(
    `select name, coalesce(lease_until + ? * interval '1 millisecond' < clock_timestamp(), true) as over
     from region where split_part(name, '.', 1) = ? order by name for update`,
    [marginMs, region],
  )
  if (rows.length === 0) return 'unknown'
  if (rows.some(({ over }) => !over)) return 'leased'
  const names = JSON.stringify(rows.map(({ name }) => name))
  await em.execute(
    `with waited as (
       delete from command_region where region in (select jsonb_array_elements_text(?::jsonb)) and confirmed_at is null returning command_id
     )
     update command set sweep_at = clock_timestamp()
     where id in (select command_id from waited) and status = 'applied'`,
    [names],
  )
  await em.execute('delete from key_region where region in (select jsonb_array_elements_text(?::jsonb))', [
    names,
  ])
  await em.execute('delete from region_epoch where region in (select jsonb_array_elements_text(?::jsonb))', [
    names,
  ])
  await em.execute('delete from region where name in (select jsonb_array_elements_text(?::jsonb))', [names])
  return 'removed'
}

/**
 * Records in the command's transaction that a command is to reach these regions, and the outbox's message that makes
 * sure of it. Returns the ID of that. One statement, because the account's lock is held.
 */
export async function expectConfirmations(
  em: SqlEntityManager,
  commandId: string,
  regions: string[],
  message: string,
): Promise<string> {
  const [row] = await em.execute<{ id: string }[]>(
    `with expected as (insert into command_region (command_id, region) select ?, jsonb_array_elements_text(?::jsonb))
     insert into outbox (message) values (?::jsonb) returning id`,
    [commandId, JSON.stringify(regions), message],
  )
  return row?.id ?? ''
}

type Outcome = 'confirmed' | 'lapsed'

/** What a region has from `at` on, in the epoch of `marker`. */
export type Arrived = {
  region: string
  marker: string
  versions: { keyId: string; version: number }[]
  at: Date
}

/**
 * Records in a transaction what has arrived in regions, and that a command has reached them; returns their names. A
 * region is left out, and nothing of it recorded, where that was in an epoch that is not the registered one: in a Redis
 * that serves the region no longer. Twice does no harm: the first time stays, and a newer version of a key. One
 * statement, because a caller waits.
 */
export async function recordArrivals(
  em: SqlEntityManager,
  commandId: string,
  arrivals: Arrived[],
): Promise<string[]> {
  const rows = await em.execute<{ region: string }[]>(
    `with believed as (
       select a.* from jsonb_to_recordset(?::jsonb) as a (region text, marker text, versions jsonb, at timestamptz)
       join region_epoch using (region, marker)
     ), noted as (
       insert into key_region as present (key_id, region, version, arrived_at)
       select "keyId", split_part(region, '.', 1), version, at
       from believed, jsonb_to_recordset(versions) as v ("keyId" text, version integer) order by 2, 1
       on conflict (key_id, region) do update set version = excluded.version, arrived_at = excluded.arrived_at
       where present.version < excluded.version
     ), confirmed as (
       update command_region c set confirmed_at = at, outcome = coalesce(outcome, 'confirmed'),
         decided_at = coalesce(decided_at, at)
       from believed where c.command_id = ? and c.region = believed.region and confirmed_at is null
     )
     select region from believed`,
    [JSON.stringify(arrivals), commandId],
  )
  return rows.map(({ region }) => region)
}

/**
 * Decides, in a transaction of its own, whether a region that does not answer has provably run out of its lease; if so,
 * that is the command's outcome there. The region's row is locked, so that no lease is being given meanwhile: one that
 * is given later sees that this command is not confirmed. `marginMs` allows for a clock that runs slow.
 */
export async function lapseRegion(
  em: SqlEntityManager,
  { commandId, region, marginMs }: { commandId: string; region: string; marginMs: number },
): Promise<boolean> {
  const [row] = await em.execute<{ over: boolean; listed: boolean }[]>(
    `select coalesce(lease_until + ? * interval '1 millisecond' < clock_timestamp(), true) as over
     from region where name = ? for update`,
    [marginMs, region],
  )
  if (row && !row.over) return false
  await em.execute(
    `update command_region set outcome = 'lapsed', decided_at = clock_timestamp()
     where command_id = ? and region = ? and outcome is null`,
    [commandId, region],
  )
  return true
}

/**
 * Notes that a region is being given a lease in the epoch of `marker`, in a transaction of its own, unless a command
 * that lapsed there has not reached it yet, or another epoch is the registered one. It must be called after the
 * region's clock was read: the lease ends `leaseMs` after that reading, before what is noted. A command that is on its
 * way does not matter: it is neither confirmed nor lapsed, and cannot lapse before the end that is noted.
 */
export async function noteLease(
  em: SqlEntityManager,
  { region, marker, leaseMs }: { region: string; marker: string; leaseMs: number },
): Promise<boolean> {
  await em.execute('select 1 from region where name = ? for update', [region])
  // A statement of its own: it sees whatever was committed before the lock was ours.
  const rows = await em.execute<unknown[]>(
    `update region set lease_until = greatest(lease_until, clock_timestamp() + ? * interval '1 millisecond')
     where name = ? and not exists (
       select from command_region where region = ? and confirmed_at is null and outcome = 'lapsed')
     and exists (select from region_epoch where region = ? and marker = ?)
     returning 1`,
    [leaseMs, region, region, region, marker],
  )
  return rows.length > 0
}

export type CommandRegion = { region: string; outcome: Outcome | null; at: Date | null }

/** What became of a command in each region: in all shards that it had to reach there, at the time of the last one. */
export async function readOutcomes(em: SqlEntityManager, commandId: string): Promise<CommandRegion[]> {
  const rows = await em.execute<{ region: string; outcome: Outcome | null; decided_at: string | null }[]>(
    'select region, outcome, decided_at from command_region where command_id = ? order by region',
    [commandId],
  )
  const byRegion = Map.groupBy(rows, ({ region }) => regionOfShard(region))
  return [...byRegion].map(([region, shards]) => {
    const outcomes = shards.map(({ outcome }) => outcome)
    const outcome = outcomes.includes(null) ? null : outcomes.includes('lapsed') ? 'lapsed' : 'confirmed'
    const decided = shards.flatMap(({ decided_at: at }) => (at === null ? [] : [new Date(at).getTime()]))
    return { region, outcome, at: decided.length > 0 ? new Date(Math.max(...decided)) : null }
  })
}

export type Arrival = { region: string; arrivedAt: string | null }

/** When the current version of a key arrived in its shard of each region; null where it has not. */
export async function readArrivals(
  em: SqlEntityManager,
  { id, version }: { id: string; version: number },
): Promise<Arrival[]> {
  const rows = await em.execute<{ region: string; arrived_at: string | null }[]>(
    `select r.name as region, k.arrived_at
     from (select ? as name union all select name from region where name not like '%.%') as r
     left join key_region k on k.region = r.name and k.key_id = ? and k.version >= ? order by r.name`,
    [PRIMARY, id, version],
  )
  return rows.map(({ region, arrived_at }) => ({
    region,
    arrivedAt: arrived_at === null ? null : new Date(arrived_at).toISOString(),
  }))
}

export type Owed = Propagated & { commandId: string }

/** Commands whose changes a region does not have yet, oldest first. */
export async function listOwed(em: SqlEntityManager, region: string, limit: number): Promise<Owed[]> {
  const rows = await em.execute<{ id: string; propagate: Omit<Owed, 'commandId'> }[]>(
    `select c.id, c.propagate from command_region r join command c on c.id = r.command_id
     where r.region = ? and r.confirmed_at is null order by c.created_at limit ?`,
    [region, limit],
  )
  return rows.map(({ id, propagate }) => ({ commandId: id, ...propagate }))
}
