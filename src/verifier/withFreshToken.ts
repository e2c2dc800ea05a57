import { RegionUnavailable } from '../region/Region.ts'
import { ServiceTokenStale } from '../region/regionTokens.ts'
import type { KnownToken } from './KnownTokens.ts'

/** A token changes once. More turns than that mean a region that begins one epoch after another. */
const TURNS = 5

/**
 * Runs a task that has the region confirm the token: again with what `reload` returns, while it has changed. Throws
 * what either throws, or RegionUnavailable.
 */
export async function withFreshToken<Value>(
  token: KnownToken,
  reload: (digest: string) => Promise<KnownToken>,
  task: (token: KnownToken) => Promise<Value>,
): Promise<Value> {
  let current = token
  for (let turn = 0; turn < TURNS; turn++) {
    try {
      return await task(current)
    } catch (error) {
      if (!(error instanceof ServiceTokenStale)) throw error
      current = await reload(current.digest)
    }
  }
  throw new RegionUnavailable('The service token is changing faster than it can be read.')
}
