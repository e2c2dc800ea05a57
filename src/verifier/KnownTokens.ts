import type { ServiceTokenPermission } from '../domain/accounts/ServiceToken.ts'
import type { ServiceTokenState } from '../domain/accounts/serviceTokenStore.ts'
import type { TokenVersion } from '../domain/metering/Ticket.ts'
import { GroupedLookup } from '../platform/GroupedLookup.ts'
import { within } from '../platform/within.ts'

/** A service token that was valid when it was read. `accounts`: those whose keys it knows; undefined: all. */
export type KnownToken = TokenVersion & {
  id: string
  name: string
  permissions: readonly ServiceTokenPermission[]
  accounts: ReadonlySet<string> | undefined
  /** Whose event IDs its reports have: one numbering for all tokens of a name that know the same accounts. */
  reporter: string
}

type Sources = {
  /** From the region, in the order of the digests. */
  readRegion: (digests: string[]) => Promise<(ServiceTokenState | undefined)[]>
  /** From the truth, by way of the region: it has them afterwards. Unknown ones are absent. */
  fillFromTruth: (digests: string[]) => Promise<ServiceTokenState[]>
  giveUp: (reason: string) => Error
}

/** How long whoever asks with an unknown token waits: twice, the region first. */
export const TOKEN_WAIT_MS = 2_000
/** Between two questions to the truth: a flood of unknown tokens costs twenty a second. */
const PAUSE_MS = 50

/**
 * The service tokens of a process, filled like its keys: from the region, else from the truth. Nothing here is trusted
 * alone. Whoever uses a token has the region confirm its version, in the batch or by `createTokenConfirmation`, and
 * reads it again where that throws ServiceTokenStale. So a known token never waits for Postgres, and one whose
 * revocation the region has confirmed is refused. Nothing is remembered of tokens that are not valid: one that is
 * presented before its creation is done is good after it.
 */
export class KnownTokens {
  readonly #known = new Map<string, KnownToken>()
  readonly #near: GroupedLookup<ServiceTokenState>
  readonly #truth: GroupedLookup<ServiceTokenState>
  readonly #sources: Sources

  constructor(sources: Sources) {
    this.#sources = sources
    const { readRegion, fillFromTruth, giveUp } = sources
    const byDigest = (states: (ServiceTokenState | undefined)[]) =>
      new Map(states.flatMap((state) => (state ? [[state.digest, state] as const] : [])))
    const options = { waitMs: TOKEN_WAIT_MS, giveUp }
    this.#near = new GroupedLookup(async (digests) => byDigest(await readRegion(digests)), options)
    this.#truth = new GroupedLookup(async (digests) => byDigest(await fillFromTruth(digests)), {
      ...options,
      pauseMs: PAUSE_MS,
    })
  }

  get(digest: string): KnownToken | undefined {
    return this.#known.get(digest)
  }

  /** Reads a token; undefined where none is valid. Throws what reading threw, or what `giveUp` makes. */
  async load(digest: string): Promise<KnownToken | undefined> {
    this.#known.delete(digest)
    const state = (await this.#near.get(digest)) ?? (await this.#truth.get(digest))
    return state && this.#keep(state)
  }

  /**
   * Brings the known tokens to the region as the truth has them. A revocation does that itself; an older release's,
   * during an upgrade, does not.
   */
  async refresh(boundMs: number): Promise<void> {
    const digests = [...this.#known.keys()]
    if (digests.length === 0) return
    const states = await within(boundMs, this.#sources.fillFromTruth(digests))
    for (const state of states) if (state.revoked) this.#known.delete(state.digest)
  }

  #keep(state: ServiceTokenState): KnownToken | undefined {
    if (state.revoked) return undefined
    const { digest, version, serviceTokenId, name, permissions, accountIds } = state
    const token = {
      digest,
      version: String(version),
      id: serviceTokenId,
      name,
      permissions,
      accounts: accountIds ? new Set(accountIds) : undefined,
      reporter: accountIds ? [name, ...accountIds.toSorted()].join('\0') : name,
    }
    this.#known.set(digest, token)
    return token
  }
}
