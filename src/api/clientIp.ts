import type { IncomingMessage } from 'node:http'
import { canonicalAddress, isWithin, parseRange, UNKNOWN_ADDRESS } from '../domain/addresses.ts'
import { remember } from '../domain/remember.ts'

/** `believes`: whether the request comes over a trusted proxy, so that its `X-Forwarded-For` is read. */
export type ClientIp = ((request: IncomingMessage) => string) & {
  believes: (request: IncomingMessage) => boolean
}

/**
 * Finds the caller's address: the socket's, or, where that is a trusted proxy's, the last address of
 * `X-Forwarded-For` that is not one. Whatever an untrusted caller writes into the header is not believed. A hop that
 * a trusted proxy names and nobody can read makes the address `unknown`, which no allow list has: the proxy's own is
 * not the caller's.
 *
 * `Forwarded` (RFC 7239) is not read: a proxy that sets one of the two headers lets a client's other one pass.
 */
export function createClientIp(trustedProxies: string): ClientIp {
  const trusted = trustedProxies
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .flatMap((entry) => parseRange(entry) ?? [])
  const trusts = remember(10_000, (address) => isWithin(trusted, address))

  const clientIp = (request: IncomingMessage) => {
    let address = read(request.socket.remoteAddress ?? '')
    const forwarded = request.headers['x-forwarded-for']
    if (typeof forwarded !== 'string') return address
    // Elements of a list may be empty (RFC 9110, 5.6.1.2).
    const hops = forwarded.split(',').filter((hop) => hop.trim() !== '')
    while (hops.length > 0 && trusts(address)) address = read(hops.pop() ?? '')
    return address
  }
  const believes = (request: IncomingMessage) => trusts(read(request.socket.remoteAddress ?? ''))
  return Object.assign(clientIp, { believes })
}

const read = (text: string) => canonicalAddress(text) ?? UNKNOWN_ADDRESS
