import type { Region } from './Region.ts'

/**
 * Closes a slot, so that nothing is added to it any more, and returns its batches of verifications, each in JSON. Safe
 * to repeat. Throws RegionUnavailable.
 */
export async function closeSlot(region: Region, slot: string): Promise<string[]> {
  const [, ...batches] = (await region.run('closeSlot', slot)) as string[]
  return batches
}

/** Forgets a slot whose batches are counted. Throws RegionUnavailable. */
export async function dropSlot(region: Region, slot: string): Promise<void> {
  await region.answered(region.redis.unlink(region.names.slot(slot)))
}
