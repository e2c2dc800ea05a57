import { DAY_MS, MINUTE_MS } from '../domain/time.ts'
import type { Region } from './Region.ts'
import { RegionUnavailable } from './RegionUnavailable.ts'

/** For so many days a region keeps the counters of a day. */
const DAYS = 41
const MONTHS = 4
/** The counters of a minute expire two minutes after its first request. */
const MINUTES = 4

/**
 * Removes the states and counters of keys from a region. Returns the marker of the epoch in which it did. A fill that
 * is under way reads again. Throws RegionUnavailable.
 */
export async function purgeKeys(region: Region, keys: { id: string; digest: string }[]): Promise<string> {
  const marker = await region.marker()
  await drop(
    region,
    marker,
    'keys',
    keys.map(({ digest }) => digest),
  )
  const ids = keys.map(({ id }) => id)
  if (ids.length === 0) return marker
  const now = await region.now()
  const line = region.redis.pipeline()
  const minute = Math.floor(now / MINUTE_MS)
  for (let back = -1; back < MINUTES; back++) line.hdel(region.names.minuteRequests(minute - back), ...ids)
  for (let back = -1; back < DAYS; back++) {
    const day = new Date(now - back * DAY_MS).toISOString().slice(0, 10)
    line.hdel(region.names.dayRequests(day), ...ids).hdel(`${region.names.testRenders}${day}`, ...ids)
  }
  await region.answered(line.exec())
  return marker
}

/** The same of what a region knows of the account itself. */
export async function purgeAccount(region: Region, accountId: string): Promise<string> {
  const marker = await region.marker()
  await drop(region, marker, 'accounts', [accountId])
  const now = new Date(await region.now())
  const line = region.redis.pipeline()
  for (let back = -1; back < MONTHS; back++) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7)
    line.hdel(region.names.monthRenders(month), accountId)
  }
  await region.answered(line.exec())
  return marker
}

async function drop(region: Region, marker: string, kind: 'keys' | 'accounts', ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const versions = await region.answered(region.redis.hmget(`${region.names.states(marker)}${kind}`, ...ids))
  const known = ids.flatMap((id, place) => {
    const version = versions[place]
    return version ? [[id, version]] : []
  })
  if (known.length > 0 && !(await region.runIn(marker, 'dropStates', kind, JSON.stringify(known))))
    throw new RegionUnavailable(`The region ${region.name} began a new epoch.`)
}
