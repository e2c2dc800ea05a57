import ipaddr from 'ipaddr.js'

/** True for an IPv4 or IPv6 address, or a CIDR range of either; of IPv4, always all four numbers, in decimal. */
export function isIpOrRange(text: string): boolean {
  const slash = text.indexOf('/')
  return slash < 0 ? isIp(text) : isIp(text.slice(0, slash)) && ipaddr.isValidCIDR(text)
}

/** True for one IPv4 or IPv6 address. */
export function isIp(text: string): boolean {
  return text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text)
}

/**
 * Whether `ip` is in one of the addresses or CIDR ranges. IPv4-mapped IPv6 (`::ffff:1.2.3.4`) is compared as
 * IPv4. No list allows every address; with a list, an unknown or malformed address is refused.
 */
export function ipAllowed(allowed: readonly string[], ip: string | undefined): boolean {
  if (allowed.length === 0) return true
  if (ip === undefined || !isIp(ip)) return false
  const address = ipaddr.process(ip)
  return allowed.some((entry) => {
    if (!entry.includes('/')) return ipaddr.process(entry).toString() === address.toString()
    const [network, bits] = ipaddr.parseCIDR(entry)
    return network.kind() === address.kind() && address.match([network, bits])
  })
}
