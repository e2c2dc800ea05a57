import { z } from 'zod'
import { isUrlPrefix } from '../domain/accounts/returnUrl.ts'
import { PRIMARY } from '../domain/regions.ts'
import { MAX_SHARDS } from '../domain/shards.ts'
import { isRedisUrl } from './redisUrl.ts'

/** A URL with one of these protocols, such as `redis:`. */
export const url = (...protocols: string[]) =>
  z.string().refine(
    (text) => {
      try {
        return protocols.includes(new URL(text).protocol)
      } catch {
        return false
      }
    },
    `must be a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  )

/** `SHARDS`. */
export const shards = z.coerce.number().int().min(1).max(MAX_SHARDS).default(1)

const NAME = /^[a-z][a-z0-9-]{0,31}$/

/** What is between the commas. */
const entriesOf = (text: string, comma: RegExp | string = ','): string[] =>
  text
    .split(comma)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

/**
 * `REGIONS`: further regions, by name. A comma begins the next one where a name and `=` follow it; otherwise it is
 * between the nodes of a URL. Reports what is wrong to `context`.
 */
export function parseRegions(text: string, context: z.RefinementCtx): { name: string; url: string }[] {
  const regions = entriesOf(text, /,(?=[^,/?@]*=|\s*(?:,|$))/).map((entry) => ({
    name: entry.slice(0, entry.indexOf('=')),
    url: entry.slice(entry.indexOf('=') + 1),
  }))
  const names = new Set(regions.map(({ name }) => name))
  if (
    names.size < regions.length ||
    !regions.every((one) => NAME.test(one.name) && one.name !== PRIMARY && isRedisUrl(one.url))
  ) {
    context.addIssue(
      `must be name=redis://… entries, separated by commas; names are lower-case, each once, none is ${PRIMARY}`,
    )
  }
  return regions
}

/** What URLs may begin with, separated by commas. Reports what is wrong to `context`. */
export function parseUrlPrefixes(text: string, context: z.RefinementCtx): string[] {
  const prefixes = entriesOf(text)
  if (!prefixes.every(isUrlPrefix))
    context.addIssue('must be http:// or https:// URLs without a query, separated by commas')
  return prefixes
}
