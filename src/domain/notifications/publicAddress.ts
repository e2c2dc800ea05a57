import ipaddr from 'ipaddr.js'

/** Public by their numbers, but answered by the machine's own provider: Azure's wire server. */
const PLATFORM = new Set(['168.63.129.16'])

/**
 * What every further IPv6 address that may be routed in public lies in (RFC 4291, 2.4; IANA has given out no other).
 */
const GLOBAL = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/**
 * Whether an address is one of the public Internet, by IANA's registries of special-purpose addresses (RFC 6890) as
 * ipaddr.js has them. IPv6 that carries IPv4 (mapped, NAT64, 6to4, Teredo) never is: nobody's server needs it, and it
 * leads to what it carries.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast' || PLATFORM.has(address.toString())) return false
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL)
}

/** Names that never lead outside (RFC 6761, RFC 6762, RFC 8375, RFC 9476), or that clouds answer themselves. */
const INSIDE =
  /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa|home|corp|private|test|invalid|onion|alt)$/

/** The host of a URL as it is looked up: without brackets and without the dot of the root. */
export const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')

/**
 * Why messages may not go to a URL, as far as it says so itself; undefined: they may, if its name leads to public
 * addresses only. `new URL` has already made one of the spellings of an address: decimal, octal, hexadecimal, short.
 */
export function refuseUrl(url: URL, allowPrivate: boolean): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https:// or http://'
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or a password'
  if (allowPrivate) return undefined
  const host = hostOf(url)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (port !== 80 && port !== 443 && port < 1024) return 'must have the port 80, 443, or one from 1024 on'
  if (ipaddr.isValid(host)) {
    return isPublicAddress(host) ? undefined : 'must not lead to a private or reserved address'
  }
  if (!host.includes('.') || INSIDE.test(host)) return 'must not lead to a name inside this network'
  return undefined
}
