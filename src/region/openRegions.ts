import { PRIMARY } from '../domain/regions.ts'
import { shardNames } from '../domain/shards.ts'
import type { Env } from '../platform/env.ts'
import type { Log } from '../platform/log.ts'
import type { EpochRegister } from './agreeOnEpoch.ts'
import { Region } from './Region.ts'
import { RegionUnavailable } from './RegionUnavailable.ts'
import type { RegionOptions } from './regionOptions.ts'
import type { Shards } from './shards.ts'

/**
 * Connects to every shard of every region that the environment names, the primary first. Without `register` the process
 * only follows the epochs that others have agreed on.
 */
export function openRegions(env: Env, { seldom: log }: Log, register?: EpochRegister): Map<string, Region> {
  const further = env.REGION_LEASE_MS > 0 ? ('leased' as const) : ('unleased' as const)
  const open = (region: string, url: string, kind: RegionOptions['kind']) =>
    shardNames(region, env.SHARDS).map(
      (name) => new Region({ name, shards: env.SHARDS, url, kind, register }, log),
    )
  const regions = [
    ...open(PRIMARY, env.REDIS_URL, 'primary'),
    ...env.REGIONS.flatMap(({ name, url }) => open(name, url, further)),
  ]
  return new Map(regions.map((region) => [region.name, region]))
}

/** The first shard of the primary region, which holds what there is once. */
export function primaryOf(regions: Map<string, Region>): Region {
  return regionOf(regions, PRIMARY)
}

/** A shard by its name. Throws RegionUnavailable where this process does not know it. */
export function regionOf(regions: Map<string, Region>, name: string): Region {
  const region = regions.get(name)
  if (!region) throw new RegionUnavailable(`This process knows no region ${name}: is it in its REGIONS?`)
  return region
}

/** All shards of a region, in their order. Throws RegionUnavailable where this process does not know the region. */
export function shardsOf(regions: Map<string, Region>, name: string): Shards {
  const first = regionOf(regions, name)
  const [, ...others] = shardNames(name, first.shards).map((shard) => regionOf(regions, shard))
  return [first, ...others]
}
