import ipaddr from 'ipaddr.js'
import { isIp } from '../keys/allowedIps.ts'

/** Callers come back: what an address reads is worked out once. */
const known = new Map<string, string | undefined>()

/** An address in its one canonical form, IPv4-mapped IPv6 as IPv4, or undefined where it is none or names a zone. */
export function callerIp(text: string): string | undefined {
  if (known.has(text)) return known.get(text)
  const canonical = isIp(text) && !text.includes('%') ? ipaddr.process(text).toString() : undefined
  if (known.size >= 100_000) known.clear()
  known.set(text, canonical)
  return canonical
}
