import type { ServiceTokenState } from '../domain/accounts/serviceTokenStore.ts'
import type { TokenVersion } from '../domain/metering/Ticket.ts'
import { GroupedLookup } from '../platform/GroupedLookup.ts'
import { tokenVersions } from './admitArgs.ts'
import { BOUND_MS, type Region } from './Region.ts'
import { RegionUnavailable } from './RegionUnavailable.ts'

/** The region has another version of a service token than whoever asks with it knows. Read it again. */
export class ServiceTokenStale extends Error {
  constructor() {
    super('The service token has changed.')
    this.name = 'ServiceTokenStale'
  }
}

/** The places, from 0, of tokens that have changed, by the answer `TOKENS`; undefined where it is another answer. */
export const changedPlaces = (answer: unknown[]): number[] | undefined =>
  answer[0] === 'TOKENS' ? answer.slice(2).map((place) => Number(place) - 1) : undefined

/** The service tokens that the region knows, in the order of the digests. Throws RegionUnavailable. */
export async function getTokens(
  region: Region,
  digests: string[],
): Promise<(ServiceTokenState | undefined)[]> {
  const [, ...states] = (await region.run('getTokens', ...digests)) as string[]
  return states.map((state) => (state ? JSON.parse(state) : undefined))
}

/**
 * Reads service tokens from the truth and stores them, each only over an older version; again where the region began
 * a new epoch meanwhile: what was read may be older than that. Throws RegionUnavailable after the third time.
 */
export async function fillTokens(
  region: Region,
  readTruth: () => Promise<ServiceTokenState[]>,
): Promise<{ tokens: ServiceTokenState[]; marker: string }> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const { marker, head } = await region.beforeFill()
    const tokens = await readTruth()
    await region.journal.require(head)
    if (await storeTokens(region, marker, tokens)) return { tokens, marker }
  }
  throw new RegionUnavailable(`The region ${region.name} is being opened.`)
}

/**
 * Stores service tokens, each only over an older version; false where the epoch of `marker`, from before they were
 * read, is over. Throws RegionUnavailable.
 */
export async function storeTokens(
  region: Region,
  marker: string,
  tokens: ServiceTokenState[],
): Promise<boolean> {
  if (tokens.length === 0) return true
  const rows = tokens.map((token) => [token.digest, token.version, JSON.stringify(token)])
  return Boolean(await region.answered(region.runIn(marker, 'putTokens', JSON.stringify(rows))))
}

/**
 * Confirms that the region has these very versions of service tokens, for requests that no batch decides; what comes
 * meanwhile shares the next round trip. It rejects with ServiceTokenStale, or with RegionUnavailable.
 */
export function createTokenConfirmation(region: Region): (token: TokenVersion) => Promise<void> {
  const confirm = async (names: string[]) => {
    const tokens = names.map((name): TokenVersion => {
      const [digest = '', version = ''] = name.split(' ')
      return { digest, version }
    })
    const changed = changedPlaces(await region.run('confirmTokens', tokenVersions(tokens), region.kind)) ?? []
    return new Map(names.map((name, place) => [name, !changed.includes(place)]))
  }
  const giveUp = (reason: string) => new RegionUnavailable(`A token could not be confirmed: ${reason}.`)
  const lookup = new GroupedLookup(confirm, { waitMs: BOUND_MS, giveUp })
  return async ({ digest, version }) => {
    if (!(await lookup.get(`${digest} ${version}`))) throw new ServiceTokenStale()
  }
}
