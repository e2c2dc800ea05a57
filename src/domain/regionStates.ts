import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { PRIMARY } from './regions.ts'
import { shardNames } from './shards.ts'

export type RegionState = {
  name: string
  /**
   * Until when, by the database's clock, it may admit when it is cut off; null: it never had a lease.
   */
  leaseUntil: Date | null
  holdsLease: boolean
  /** Changes that have not reached it yet, and those among them that its lapsed lease has answered for. */
  owed: number
  lapsed: number
}

/** What is known of every shard of every region, those of the primary first, which workers give no lease. */
export async function readRegionStates(em: SqlEntityManager, shards: number): Promise<RegionState[]> {
  const rows = await em.execute<
    { name: string; lease_until: string | null; holds: boolean; owed: number; lapsed: number }[]
  >(
    `select r.name, r.lease_until, coalesce(r.lease_until > clock_timestamp(), false) as holds,
       count(c.region)::int as owed, (count(*) filter (where c.outcome = 'lapsed'))::int as lapsed
     from (select jsonb_array_elements_text(?::jsonb) as name, null::timestamptz as lease_until union all select name, lease_until from region) r
     left join command_region c on c.region = r.name and c.confirmed_at is null
     group by r.name, r.lease_until order by split_part(r.name, '.', 1) <> ?, length(r.name), r.name`,
    [JSON.stringify(shardNames(PRIMARY, shards)), PRIMARY],
  )
  return rows.map(({ name, lease_until, holds, owed, lapsed }) => ({
    name,
    leaseUntil: lease_until === null ? null : new Date(lease_until),
    holdsLease: holds,
    owed,
    lapsed,
  }))
}
