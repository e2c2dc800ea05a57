import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { CURRENT_SHARDS } from './layout.ts'
import { isPrimary, PRIMARY } from './regions.ts'
import { shardsIn } from './shards.ts'

/** What Postgres knows of a region's epoch. */
export type RegisteredEpoch = {
  /** The marker of the only epoch in which the region is believed; null: a new one must begin. */
  marker: string | null
  /** False for a further region that no worker has listed yet, or that was removed. */
  listed: boolean
  /**
   * Another region that registered the very marker that was asked about, and later than this one registered its own.
   */
  servesNow: string | null
  /** A server that began the registered epoch may still admit. */
  leased: boolean
  /** How many shards each region has. */
  shards: number
}

/** Reads which epoch of a region is registered. `present`: the marker that its Redis has. */
export async function readRegisteredEpoch(
  em: SqlEntityManager,
  region: string,
  present: string | null,
): Promise<RegisteredEpoch> {
  const [row] = await em.execute<
    { marker: string | null; listed: boolean; serves_now: string | null; leased: boolean; shards: number }[]
  >(
    `select own.marker, split_part(?, '.', 1) = ? or exists (select from region where name = ?) as listed,
       (select other.region from region_epoch other
        where other.marker = ? and other.region <> ? and other.registered_at > own.registered_at) as serves_now,
       coalesce(own.lease_until > clock_timestamp(), false) as leased,
       ${CURRENT_SHARDS} as shards
     from (select 1) as one left join region_epoch own on own.region = ?`,
    [region, PRIMARY, region, present, region, region],
  )
  return {
    marker: row?.marker ?? null,
    listed: row?.listed === true,
    servesNow: row?.serves_now ?? null,
    leased: row?.leased === true,
    shards: row?.shards ?? 1,
  }
}

/**
 * Registers a region's new epoch, unless another was registered since `before` was read; with `waits` not before every
 * lease of that one has run out. Nor where regions have another number of shards. Returns whether it did.
 */
export async function registerEpoch(
  em: SqlEntityManager,
  {
    region,
    before,
    marker,
    waits = false,
  }: { region: string; before: string | null; marker: string; waits?: boolean },
): Promise<boolean> {
  const shards = shardsIn(marker)
  const rows =
    before === null
      ? await em.execute<unknown[]>(
          `with listed as (select from region where name = ? for key share)
           insert into region_epoch (region, marker) select ?, ?
           where ${CURRENT_SHARDS} = ? and (? or exists (select from listed))
           on conflict do nothing returning 1`,
          [region, region, marker, shards, isPrimary(region)],
        )
      : await em.execute<unknown[]>(
          `update region_epoch set marker = ?, registered_at = clock_timestamp(), lease_until = null
           where region = ? and marker = ? and (not ? or coalesce(lease_until < clock_timestamp(), true))
             and ${CURRENT_SHARDS} = ? returning 1`,
          [marker, region, before, waits, shards],
        )
  return rows.length > 0
}

/**
 * Notes that the server of a region's epoch is being given a lease that ends before `ms` from now, unless another epoch
 * is the registered one. Returns whether it is.
 */
export async function noteEpochLease(
  em: SqlEntityManager,
  { region, marker, ms }: { region: string; marker: string; ms: number },
): Promise<boolean> {
  const rows = await em.execute<unknown[]>(
    `update region_epoch set lease_until = greatest(lease_until, clock_timestamp() + ? * interval '1 millisecond')
     where region = ? and marker = ? and ${CURRENT_SHARDS} > 0 returning 1`,
    [ms, region, marker],
  )
  return rows.length > 0
}

/** Whether this is the region's registered epoch. */
export async function isRegisteredEpoch(
  em: SqlEntityManager,
  region: string,
  marker: string,
): Promise<boolean> {
  const rows = await em.execute<unknown[]>('select 1 from region_epoch where region = ? and marker = ?', [
    region,
    marker,
  ])
  return rows.length > 0
}

/**
 * Ends the epoch of every region that has been without a lease for so long that what it is owed is no longer kept:
 * such a region begins a new epoch before its next lease, and nothing is owed to an empty one. By Postgres's clock,
 * as leases are. Returns the names of the regions.
 */
export async function endLongLapsedEpochs(
  em: SqlEntityManager,
  { afterDays, marginMs }: { afterDays: number; marginMs: number },
): Promise<string[]> {
  // The rows are locked, so that no lease is being given meanwhile.
  const regions = await em.execute<{ name: string }[]>(
    `select name from region r
     where coalesce(lease_until + ? * interval '1 millisecond' < clock_timestamp(), true) and exists (
       select from command_region where region = r.name and confirmed_at is null and outcome = 'lapsed'
       and decided_at < clock_timestamp() - ? * interval '1 day')
     order by name for update`,
    [marginMs, afterDays],
  )
  for (const { name } of regions) {
    await em.execute('delete from region_epoch where region = ?', [name])
    await em.execute(
      `delete from command_region where region = ? and confirmed_at is null and outcome = 'lapsed'`,
      [name],
    )
  }
  return regions.map(({ name }) => name)
}
