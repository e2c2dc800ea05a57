import { setTimeout as delay } from 'node:timers/promises'
import type { Region } from './Region.ts'

/** Per turn and kind of state; the next turn continues where this one ended. */
const PAGES = 200
/** Fields of a hash per page; a state has two. */
const FIELDS = 500

/** Each removal makes the fills that are under way read again. They have this long until the next one. */
const PAUSE_MS = 250

/**
 * Removes from a region what `listLiving` does not name of the states that it is asked about: see dropStates.lua.
 * Returns how many were removed. Throws RegionUnavailable.
 */
export async function sweepStates(
  region: Region,
  kind: 'keys' | 'accounts',
  listLiving: (ids: string[]) => Promise<string[]>,
  pages = PAGES,
): Promise<number> {
  const marker = await region.marker()
  const state = region.names.states(marker)
  let cursor = (await region.redis.hget(`${state}sweep`, kind)) ?? '0'
  let removed = 0
  for (let page = 0; page < pages; page++) {
    const [next, fields] = await region.redis.hscan(`${state}${kind}`, cursor, 'COUNT', FIELDS)
    cursor = next
    const seen: [id: string, version: string][] = []
    for (let at = 0; at < fields.length; at += 2) {
      const [field = '', value = ''] = fields.slice(at, at + 2)
      if (!field.startsWith('state:')) seen.push([field, value])
    }
    const living = new Set(seen.length > 0 ? await listLiving(seen.map(([id]) => id)) : [])
    const ended = seen.filter(([id]) => !living.has(id))
    if (ended.length > 0) {
      const answer = await region.runIn(marker, 'dropStates', kind, JSON.stringify(ended))
      // Another epoch has begun: it is empty.
      if (!answer) return removed
      removed += Number(answer[1])
      await delay(PAUSE_MS)
    }
    if (cursor === '0') break
  }
  await region.runIn(marker, 'noteSweep', kind, cursor)
  return removed
}
