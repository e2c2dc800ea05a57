import { PRIMARY } from '../domain/regions.ts'
import type { Env } from '../platform/env.ts'
import type { Log } from '../platform/log.ts'
import type { EpochRegister } from './agreeOnEpoch.ts'
import { Region } from './Region.ts'
import { RegionUnavailable } from './RegionUnavailable.ts'

/**
 * Connects to every region that the environment names, the primary first. Without `register` the process only follows
 * the epochs that others have agreed on.
 */
export function openRegions(env: Env, { seldom: log }: Log, register?: EpochRegister): Map<string, Region> {
  const kind = env.REGION_LEASE_MS > 0 ? ('leased' as const) : ('unleased' as const)
  const regions = [
    new Region({ name: PRIMARY, url: env.REDIS_URL, kind: 'primary', register }, log),
    ...env.REGIONS.map(({ name, url }) => new Region({ name, url, kind, register }, log)),
  ]
  return new Map(regions.map((region) => [region.name, region]))
}

export function primaryOf(regions: Map<string, Region>): Region {
  return regionOf(regions, PRIMARY)
}

/** Throws RegionUnavailable where this process does not know the region. */
export function regionOf(regions: Map<string, Region>, name: string): Region {
  const region = regions.get(name)
  if (!region) throw new RegionUnavailable(`This process knows no region ${name}: is it in its REGIONS?`)
  return region
}
