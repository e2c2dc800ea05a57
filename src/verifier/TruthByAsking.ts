import type { QuotaAnswer, QuotaClaim, Quotas } from '../region/quotasIn.ts'
import type { Region } from '../region/Region.ts'
import type { Asks } from './Asks.ts'
import type { FillFromTruth } from './StateLoader.ts'

type Found = Awaited<ReturnType<FillFromTruth>>
type Waiter = { digests: string[]; resolve: (found: Found) => void; reject: (error: unknown) => void }

/** A digest that no key has is not asked for again at once: whoever guesses keys costs a question a second at most. */
const UNKNOWN_MS = 1_000
const MAX_UNKNOWN = 10_000
const MAX_DIGESTS = 1_000

/**
 * The truth for a verifier without Postgres: workers fill the region, and it reads there. One question at a time is under way;
 * what is wanted meanwhile goes together with the next.
 */
export class TruthByAsking {
  readonly #region: Region
  readonly #asks: Asks
  #waiting: Waiter[] = []
  #asking = false
  /** Digests that no key had, until when. A new key is not among them for long, and is in the region before its create answers. */
  #unknown = new Map<string, number>()
  /** The region's epoch for which they were unknown: a later one has lost what it was told. */
  #marker = ''

  constructor(region: Region, asks: Asks) {
    this.#region = region
    this.#asks = asks
  }

  /** See FillFromTruth. Throws RegionUnavailable. */
  async fill(digests: string[]): Promise<Found> {
    const marker = await this.#region.marker()
    if (marker !== this.#marker || this.#unknown.size > MAX_UNKNOWN) this.#unknown.clear()
    this.#marker = marker
    const now = performance.now()
    const wanted = digests.filter((digest) => (this.#unknown.get(digest) ?? 0) < now)
    if (wanted.length === 0) return []
    return new Promise((resolve, reject) => {
      this.#waiting.push({ digests: wanted, resolve, reject })
      if (!this.#asking) this.#askNext()
    })
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

  hasImports = async (): Promise<boolean> => (await this.#asks.ask('look-for-imports', {})) === true

  #askNext(): void {
    let size = 0
    const group: Waiter[] = []
    while (
      this.#waiting[0] &&
      (group.length === 0 || size + this.#waiting[0].digests.length <= MAX_DIGESTS)
    ) {
      const one = this.#waiting.shift() as Waiter
      size += one.digests.length
      group.push(one)
    }
    this.#asking = group.length > 0
    if (!this.#asking) return
    const digests = [...new Set(group.flatMap((one) => one.digests))]
    this.#askFor(digests)
      .then(
        (found) => {
          for (const { digests, resolve } of group)
            resolve(digests.flatMap((digest) => found.get(digest) ?? []))
        },
        (error) => {
          for (const { reject } of group) reject(error)
        },
      )
      .finally(() => this.#askNext())
  }

  async #askFor(digests: string[]): Promise<Map<string, Found[number]>> {
    const found = new Map<string, Found[number]>()
    // Bounded by what one question may name; a loader asks for what came in one turn of the event loop.
    for (let at = 0; at < digests.length; at += MAX_DIGESTS) {
      const some = digests.slice(at, at + MAX_DIGESTS)
      const known = new Set((await this.#asks.ask('load-states', { digests: some })) as string[])
      const until = performance.now() + UNKNOWN_MS
      for (const digest of some) if (!known.has(digest)) this.#unknown.set(digest, until)
      if (known.size === 0) continue
      const states = await this.#region.getStates([...known])
      for (const state of states) if (state) found.set(state.key.digest, state)
    }
    return found
  }
}
