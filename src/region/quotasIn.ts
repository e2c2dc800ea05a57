import type { LoadedState } from '../domain/keys/keyState.ts'
import { type Region, RegionUnavailable } from './Region.ts'

/** Renders to take out of a test key's day or an account's month. `limit` -1: counted, never refused. Negative units give back. */
export type QuotaClaim = {
  kind: 'test' | 'month'
  digest: string
  /** The key's ID for a test key, the account's for a month. */
  id: string
  units: number
  limit: number
}

export type QuotaAnswer = { granted: boolean; used: number }

/** What is exact over all regions, counted in one place. Answers are in the order of the claims. */
export type Quotas = { claim: (claims: QuotaClaim[]) => Promise<QuotaAnswer[]> }

/**
 * Quotas in the primary region's Redis. A key that the present epoch has not seen is filled from the truth first, which
 * starts its counters from what was rolled up. Throws RegionUnavailable.
 */
export function quotasIn(
  primary: Region,
  loadFromTruth: (digests: string[]) => Promise<LoadedState[]>,
): Quotas {
  const ask = async (claims: QuotaClaim[]) => {
    const rows = claims.map(({ kind, digest, id, units, limit }) => [
      kind === 'test' ? 1 : 0,
      digest,
      id,
      units,
      limit,
    ])
    const numbers = String((await primary.run('reserve', JSON.stringify(rows)))[1])
      .split(',')
      .map(Number)
    return claims.map((claim, place) => ({
      claim,
      place,
      granted: numbers[place * 2],
      used: numbers[place * 2 + 1] ?? 0,
    }))
  }
  return {
    claim: async (claims) => {
      const answers: QuotaAnswer[] = []
      const take = (asked: Awaited<ReturnType<typeof ask>>, places?: number[]) => {
        for (const { place, granted, used } of asked)
          answers[places?.[place] ?? place] = { granted: granted === 1, used }
      }
      const first = await ask(claims)
      take(first)
      const unseen = first.filter(({ granted }) => granted === 2)
      if (unseen.length === 0) return answers
      const digests = [...new Set(unseen.map(({ claim }) => claim.digest))]
      await primary.fill(() => loadFromTruth(digests))
      const second = await ask(unseen.map(({ claim }) => claim))
      if (second.some(({ granted }) => granted === 2))
        throw new RegionUnavailable('The primary region does not know the key.')
      take(
        second,
        unseen.map(({ place }) => place),
      )
      return answers
    },
  }
}
