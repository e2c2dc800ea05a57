import { canonicalAddress } from '../domain/addresses.ts'
import { pathOnly } from '../domain/metering/pathOnly.ts'

export type RequestFacts = { ip?: string; endpoint?: string; method?: string }

/**
 * The facts of a request in the form in which they are stored: the path without its query, a valid address or none, and
 * only characters that Postgres can store.
 */
export function requestFacts({ ip, endpoint, method }: RequestFacts): RequestFacts {
  return {
    ip: ip === undefined ? undefined : canonicalAddress(ip),
    endpoint: endpoint === undefined ? undefined : storable(pathOnly(endpoint), 256),
    method: method === undefined ? undefined : storable(method, 16),
  }
}

const storable = (text: string, length: number) => text.slice(0, length).replaceAll('\0', '').toWellFormed()
