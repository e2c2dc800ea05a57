import type { Form } from '../domain/imports/Form.ts'
import { ANY_FORM } from '../domain/imports/forms.ts'
import type { QuotaAnswer, QuotaClaim, Quotas } from '../region/quotasIn.ts'
import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import { getStates, type Shards } from '../region/shards.ts'
import type { Asks } from './Asks.ts'
import type { FillFromTruth } from './StateLoader.ts'

/** The truth for a verifier without Postgres: workers fill the region, and it reads there. */
export class TruthByAsking {
  readonly #shards: Shards
  readonly #asks: Asks

  constructor(shards: Shards, asks: Asks) {
    this.#shards = shards
    this.#asks = asks
  }

  /** See FillFromTruth. Throws RegionUnavailable. */
  fill: FillFromTruth = async (digests) => {
    const known = (await this.#asks.ask('load-states', { digests })) as string[]
    if (known.length === 0) return []
    const { states } = await getStates(this.#shards, known)
    if (known.some((digest) => !states.has(digest)))
      throw new RegionUnavailable('The region does not have a key that a worker has just brought to it.')
    return [...states.values()]
  }

  /** Renders that are exact over all regions, for a verifier that reaches only its own. */
  readonly quotas: Quotas = {
    claim: async (claims) => {
      // Units that were granted when nobody waited for them any more are free again.
      const giveBack = (answer: unknown) => {
        const returned = (answer as QuotaAnswer[]).flatMap(({ granted, day }, place) => {
          const claim = claims[place] as QuotaClaim
          return granted && claim.limit >= 0 && claim.units > 0
            ? [{ ...claim, units: -claim.units, day }]
            : []
        })
        if (returned.length > 0) this.#asks.ask('claim-quotas', { claims: returned }).catch(() => {})
      }
      return (await this.#asks.ask('claim-quotas', { claims }, giveBack)) as QuotaAnswer[]
    },
  }

  importedForms = async (): Promise<Form[]> => {
    const answer = await this.#asks.ask('look-for-imports', { forms: true })
    // Workers of the release before say only whether there are any.
    if (typeof answer === 'boolean') return answer ? [ANY_FORM] : []
    return answer as Form[]
  }
}
