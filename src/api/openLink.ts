import type { Context } from 'koa'
import { digestOf } from '../domain/keys/keyFormat.ts'
import type { ApiContext } from './context.ts'

type Options = {
  /** Makes the refusal of a token that cannot be a link's: it is not looked up. */
  gone: () => Error
  /** The link stays valid: every look-up counts, or whoever has one could repeat it without end. */
  stays?: true
}

/**
 * Runs `open` with the digest of a link's token. Whatever is refused counts against the caller's network: throws
 * Problem `rate-limit-exceeded`, without a query, when it has used up its unknown links.
 */
export async function openLink<Found>(
  { api, ctx }: { api: ApiContext; ctx: Context },
  token: string | undefined,
  { gone, stays }: Options,
  open: (digest: string) => Promise<Found>,
): Promise<Found> {
  if (token === undefined) throw gone()
  const ip = api.clientIp(ctx.req)
  const found = await api.lookups.links.find(ip, () => open(digestOf(token)))
  if (stays) api.lookups.links.count(ip)
  return found
}
