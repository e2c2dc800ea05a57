import type { LoadedState } from '../domain/keys/keyState.ts'
import type { Region } from './Region.ts'
import { RegionUnavailable } from './RegionUnavailable.ts'

type Filled = { states: LoadedState[]; marker: string }

/**
 * Reads states from the truth and stores those of accounts that live in this shard; again, while it forgets. Returns
 * these, and in which epoch they are stored. Throws RegionUnavailable after the third time, and TruthIsOld where
 * Postgres lacks what the shard has.
 */
export async function fill(shard: Region, readTruth: () => Promise<LoadedState[]>): Promise<Filled> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = await shard.beforeFill()
    const states = (await readTruth()).filter(({ key }) => shard.holds(key.accountId))
    // After they were read: a Postgres that had it then, has it now.
    await shard.journal.require(before.head)
    if (await shard.answered(shard.putStates(states, before))) return { states, marker: before.marker }
  }
  throw new RegionUnavailable(`The region ${shard.name} is being opened.`)
}
