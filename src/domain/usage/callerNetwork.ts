import { parseAddress } from '../addresses.ts'
import { remember } from '../remember.ts'

/**
 * The row that counts all callers beyond the limit. As an address it is "unspecified", which no
 * caller has.
 */
export const OTHER_CALLERS = '::'

/** What people see instead of it. */
export const OTHER_CALLERS_NAME = 'other'

/** Callers that a key counts separately per UTC day. */
export const MAX_CALLERS = 5_000

/** Of these, callers from which nothing was admitted that day: who is refused makes no more rows than this. */
export const MAX_REFUSED_CALLERS = 500

/** The SQL of the network around an address that one site usually has: the /24 of IPv4, the /48 of IPv6. */
export const siteOf = (ip: string) =>
  `network(set_masklen(${ip}, case family(${ip}) when 4 then 24 else 48 end))`

const PREFIX_GROUPS = 4

/**
 * What usage keeps of a caller's address: of IPv4 the address, of IPv6 its /64 (`2001:db8:1:2::/64`), which is what one
 * subscriber has, and can change its address in as often as it likes. Undefined for what is nobody's address.
 */
export const callerNetwork = remember(50_000, networkOf)

function networkOf(text: string): string | undefined {
  const address = parseAddress(text)
  if (!address || address.range() === 'unspecified') return undefined
  // The machine itself has one address, not a network.
  if (address.kind() === 'ipv4' || address.range() === 'loopback') return address.toString()
  const groups = address.toNormalizedString().split(':').slice(0, PREFIX_GROUPS)
  while (groups.at(-1) === '0') groups.pop()
  return `${groups.join(':')}::/64`
}
