import type { JobData } from '../domain/jobs.ts'
import type { LoadedState } from '../domain/keys/keyState.ts'
import { fill } from './fill.ts'
import { BOUND_MS, type Region } from './Region.ts'
import { RegionUnavailable } from './RegionUnavailable.ts'
import { type Shards, shardFor } from './shards.ts'

/** See src/domain/jobs.ts. */
export type QuotaClaim = JobData<'claim-quotas'>['claims'][number]

/** `day`: the UTC day on which they were taken, for giving them back. */
export type QuotaAnswer = { granted: boolean; used: number; day: string }

/** Counts quotas that are exact over all regions, in one place. Answers are in the order of the claims. */
export type Quotas = {
  /** Claims that are repeated under the same `id` take nothing more and get the first answers. */
  claim: (claims: QuotaClaim[], id?: string) => Promise<QuotaAnswer[]>
}

/** Reads states from the truth, by digest. */
type LoadFromTruth = (digests: string[]) => Promise<LoadedState[]>

/** What the script says of a key that the current epoch has not seen. */
const UNSEEN = 2

/**
 * Quotas in the primary region, each where its account lives. A key that the current epoch has not seen is filled from
 * the truth first, which starts its counters from what was rolled up. Throws RegionUnavailable.
 */
export function quotasIn(primary: Shards, loadFromTruth: LoadFromTruth): Quotas {
  return {
    claim: async (claims, id) => {
      const places = claims.map((claim, place) => ({
        place,
        shard: shardFor(primary, claim.accountId ?? ''),
      }))
      const answers: QuotaAnswer[] = []
      const asking = [...Map.groupBy(places, ({ shard }) => shard)].map(async ([shard, own]) => {
        const asked = own.map(({ place }) => claims[place] as QuotaClaim)
        const given = await claimIn(shard, asked, id, loadFromTruth)
        for (const [index, { place }] of own.entries()) answers[place] = given[index] as QuotaAnswer
      })
      await Promise.all(asking)
      return answers
    },
  }
}

async function claimIn(
  shard: Region,
  claims: QuotaClaim[],
  id: string | undefined,
  loadFromTruth: LoadFromTruth,
): Promise<QuotaAnswer[]> {
  const first = await ask(shard, claims, id ?? '')
  const unseen = first.filter(({ granted }) => granted === UNSEEN).map(({ claim }) => claim)
  let second: typeof first = []
  if (unseen.length > 0) {
    const digests = [...new Set(unseen.map(({ digest }) => digest))]
    await fill(shard, () => loadFromTruth(digests))
    second = await ask(shard, unseen, id === undefined ? '' : `${id}:filled`)
    if (second.some(({ granted }) => granted === UNSEEN))
      throw new RegionUnavailable('The primary region does not know the key.')
  }
  return first.map((answer) => {
    const { granted, used, day } = (answer.granted === UNSEEN ? second.shift() : undefined) ?? answer
    return { granted: granted === 1, used, day }
  })
}

async function ask(shard: Region, claims: QuotaClaim[], id: string) {
  const rows = claims.map(({ kind, digest, id, units, limit, day = '' }) => [
    kind === 'test' ? 1 : 0,
    digest,
    id,
    units,
    limit,
    day,
  ])
  const [, , results, day] = await shard.runUntil(performance.now() + BOUND_MS, 'reserve', (deadline) => [
    JSON.stringify(rows),
    id,
    deadline,
  ])
  const numbers = String(results).split(',').map(Number)
  return claims.map((claim, place) => ({
    claim,
    granted: numbers[place * 2],
    used: numbers[place * 2 + 1] ?? 0,
    day: String(day),
  }))
}
