import type { Refusals } from '../domain/metering/decidedBatch.ts'
import type { Region } from './Region.ts'

const FIELDS = 1_000

/**
 * Sets aside the refused requests that a region has added up, and returns the IDs of all that are set aside and not
 * counted yet. Nothing is added to these any more. Throws RegionUnavailable.
 */
export async function sealRefusals(region: Region): Promise<string[]> {
  const [, ...ids] = (await region.run('sealRefusals')) as string[]
  return ids
}

/** The refused requests under an ID, always in the same order. Throws RegionUnavailable. */
export async function readRefusals(region: Region, id: string): Promise<Refusals> {
  const counts = new Map<string, number>()
  let cursor = '0'
  do {
    const [next, fields] = await region.answered(
      region.redis.hscan(region.names.refusals(id), cursor, 'COUNT', FIELDS),
    )
    cursor = next
    for (let at = 0; at < fields.length; at += 2) counts.set(fields[at] ?? '', Number(fields[at + 1]))
  } while (cursor !== '0')
  counts.delete('id')
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([field, count]) => {
      const [keyId = '', accountId = '', at, code] = field.split('|')
      return { keyId, accountId, at: Number(at), code: Number(code), count }
    })
}

/** Forgets those that have been counted. Throws RegionUnavailable. */
export async function dropRefusals(region: Region, id: string): Promise<void> {
  const { redis, names } = region
  await region.answered(redis.multi().unlink(names.refusals(id)).srem(names.sealedRefusals, id).exec())
}
