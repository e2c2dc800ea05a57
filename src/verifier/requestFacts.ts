import { canonicalAddress } from '../domain/addresses.ts'
import { pathOnly } from '../domain/usage/pathOnly.ts'

export type RequestFacts = { ip?: string; endpoint?: string; method?: string }

/**
 * What is kept of a request, as far as it can be: no query, no address that is none, nothing that Postgres cannot
 * hold.
 */
export function requestFacts({ ip, endpoint, method }: RequestFacts): RequestFacts {
  return {
    ip: ip === undefined ? undefined : canonicalAddress(ip),
    endpoint: endpoint === undefined ? undefined : storable(pathOnly(endpoint), 256),
    method: method === undefined ? undefined : storable(method, 16),
  }
}

const storable = (text: string, length: number) => text.slice(0, length).replaceAll('\0', '').toWellFormed()
