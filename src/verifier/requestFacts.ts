import { isIp } from '../domain/keys/allowedIps.ts'
import { pathOnly } from '../domain/usage/pathOnly.ts'

export type RequestFacts = { ip?: string; endpoint?: string; method?: string }

/** One caller comes back many times: whether a text is an address does not change. */
const known = new Map<string, string | undefined>()

function addressOf(text: string): string | undefined {
  if (known.has(text)) return known.get(text)
  const plain = text.startsWith('::ffff:') ? text.slice(7) : text
  const address = isIp(plain) ? plain : undefined
  if (known.size > 10_000) known.clear()
  if (text.length <= 45) known.set(text, address)
  return address
}

/** What is kept of a request, as far as it can be: no query, no address that is none, nothing that Postgres cannot hold. */
export function requestFacts({ ip, endpoint, method }: RequestFacts): RequestFacts {
  return {
    ip: ip === undefined ? undefined : addressOf(ip),
    endpoint: endpoint === undefined ? undefined : storable(pathOnly(endpoint), 256),
    method: method === undefined ? undefined : storable(method, 16),
  }
}

const storable = (text: string, length: number) => text.slice(0, length).replaceAll('\0', '').toWellFormed()
