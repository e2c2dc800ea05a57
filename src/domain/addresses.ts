import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { remember } from './remember.ts'

/**
 * The one parser of IP addresses. Proxies, load balancers and log formats spell one address in many ways; whatever the
 * spelling, the same address is the same decision. IPv4-mapped IPv6 (`::ffff:10.0.0.1`, `::ffff:a00:1`) is IPv4. A zone
 * (`fe80::1%eth0`) means something on one machine only, so such a text is not an address.
 */
export type Address = ipaddr.IPv4 | ipaddr.IPv6

/** A network and the length of its prefix in bits. IPv4-mapped ranges are IPv4 ranges. */
export type Range = { network: Address; bits: number }

/** What a caller's address reads when nobody can tell it. It is in no range. RFC 7239, section 6, has the same word. */
export const UNKNOWN_ADDRESS = 'unknown'

/** Longer than any spelling of an address: brackets, 45 characters, a port. */
export const MAX_ADDRESS = 64

/** An address by itself: no port, no brackets, no white space; IPv4 in four decimal numbers. */
function parsePlain(text: string): Address | undefined {
  if (isIPv4(text)) return ipaddr.IPv4.parse(text)
  // isIPv6 lets zones pass.
  if (!isIPv6(text) || text.includes('%')) return undefined
  const address = ipaddr.IPv6.parse(text)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/** `1.2.3.4:567`, `[2001:db8::1]`, `[2001:db8::1]:567`, with white space around. */
const WRAPPED = /^(?:\[([0-9a-f:.]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/i

/** The address in a text as a proxy or a server writes it: with or without a port, in brackets or not. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_ADDRESS) return undefined
  const trimmed = text.trim()
  const plain = parsePlain(trimmed)
  if (plain) return plain
  const wrapped = WRAPPED.exec(trimmed)
  if (!wrapped) return undefined
  const [, inBrackets, beforePort = ''] = wrapped
  if (inBrackets === undefined) return parsePlain(beforePort)
  return inBrackets.includes(':') ? parsePlain(inBrackets) : undefined
}

/** Callers come back. */
const readShort = remember(50_000, (text) => {
  const address = parseAddress(text)
  return address && { address, text: address.toString() }
})

const read = (text: string) => (text.length > MAX_ADDRESS ? undefined : readShort(text))

/** The one spelling of an address (RFC 5952); undefined where the text is not one. */
export const canonicalAddress = (text: string): string | undefined => read(text)?.text

/**
 * An address or a CIDR range, as an allow list has it: no port, no brackets, no white space. A prefix that is shorter
 * than the mapped part (`::ffff:10.0.0.0/90`) is neither IPv4 nor IPv6 and is refused.
 */
export function parseRange(text: string): Range | undefined {
  const slash = text.indexOf('/')
  const host = slash < 0 ? text : text.slice(0, slash)
  const network = parsePlain(host)
  if (!network) return undefined
  const width = network.kind() === 'ipv4' ? 32 : 128
  if (slash < 0) return { network, bits: width }
  const prefix = text.slice(slash + 1)
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined
  const isMapped = width === 32 && host.includes(':')
  const bits = Number(prefix) - (isMapped ? 96 : 0)
  return bits < 0 || bits > width ? undefined : { network, bits }
}

const matches = (address: Address, { network, bits }: Range): boolean =>
  address.kind() === network.kind() && address.match([network, bits] as never)

/** Whether an address, in any spelling, is in one of the ranges. What is not an address is in none. */
export function isWithin(ranges: readonly Range[], text: string): boolean {
  const found = read(text)
  return found !== undefined && ranges.some((range) => matches(found.address, range))
}

/** Whether every address of `inner` is in `outer`. */
export const covers = (outer: Range, inner: Range): boolean =>
  inner.bits >= outer.bits && matches(inner.network, outer)

/**
 * The networks that belong to one customer of a provider, the smallest first: of IPv4 the address itself; of IPv6 its
 * /64, in which every device has as many addresses as it likes, and its /48. What is not an address is a network of
 * its own.
 */
export function networksOf(text: string): string[] {
  const address = read(text)?.address
  if (!address || address.kind() === 'ipv4') return [address?.toString() ?? UNKNOWN_ADDRESS]
  return [64, 48].map(
    (bits) => `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`,
  )
}
