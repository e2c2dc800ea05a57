import { RegionUnavailable } from '../region/RegionUnavailable.ts'
import { ServiceTokenStale } from '../region/regionTokens.ts'
import type { KnownToken } from './KnownTokens.ts'

/** A token changes once. More turns than that mean a region that begins one epoch after another. */
const TURNS = 5

/**
 * Runs a task that has the region confirm the token: again with what `reload` returns, while it has changed. Rejects
 * with what either rejects with, or with RegionUnavailable.
 */
export function withFreshToken<Value>(
  token: KnownToken,
  reload: (digest: string) => Promise<KnownToken>,
  task: (token: KnownToken) => Promise<Value>,
  turns = TURNS,
): Promise<Value> {
  return task(token).catch(async (error) => {
    if (!(error instanceof ServiceTokenStale)) throw error
    const current = await reload(token.digest)
    if (turns > 1) return withFreshToken(current, reload, task, turns - 1)
    throw new RegionUnavailable('The service token is changing faster than it can be read.')
  })
}
