import type { JournalEntry } from '../domain/journal/JournalEntry.ts'
import { TruthIsOld } from './Journal.ts'
import type { Region } from './Region.ts'

/**
 * Adds what ended to the journal of a region, in the epoch of `marker`; false where that is over. Twice does no harm.
 * Throws TruthIsOld where the region has other entries of these sequences, and RegionUnavailable.
 */
export async function addToJournal(
  region: Region,
  marker: string,
  entries: JournalEntry[],
): Promise<boolean> {
  if (entries.length === 0) return true
  const texts = entries.map((entry) => JSON.stringify(entry))
  const answer = await region.answered(region.runIn(marker, 'journal', JSON.stringify(texts)))
  if (answer?.[0] === 'OLD') throw new TruthIsOld(region.name)
  return answer !== undefined
}
