import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'

/**
 * Finds the caller's address: the socket's, or, where that is a trusted proxy's, the last address of
 * `X-Forwarded-For` that is not one. Whatever an untrusted caller writes into the header is not believed.
 */
export function createClientIp(trustedProxies: string): (request: IncomingMessage) => string {
  const trusted = trustedProxies
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) =>
      ipaddr.parseCIDR(entry.includes('/') ? entry : `${entry}/${entry.includes(':') ? 128 : 32}`),
    )

  const isTrusted = (text: string) => {
    if (!ipaddr.isValid(text)) return false
    const address = ipaddr.process(text)
    return trusted.some(
      ([network, bits]) => network.kind() === address.kind() && address.match([network, bits]),
    )
  }
  // One caller comes back many times: what an address is worth does not change.
  const known = new Map<string, boolean>()
  const trusts = (text: string) => {
    let answer = known.get(text)
    if (answer === undefined) {
      answer = isTrusted(text)
      if (known.size < 10_000) known.set(text, answer)
    }
    return answer
  }

  return (request) => {
    let address = plain(request.socket.remoteAddress ?? '')
    const forwarded = request.headers['x-forwarded-for']
    if (typeof forwarded !== 'string') return address
    const hops = forwarded.split(',')
    while (hops.length > 0 && trusts(address)) {
      const hop = plain(hops.pop()?.trim() ?? '')
      if (!ipaddr.isValid(hop)) break
      address = hop
    }
    return address
  }
}

const plain = (address: string) => (address.startsWith('::ffff:') ? address.slice(7) : address)
