import { covers, isWithin, parseRange, type Range } from '../addresses.ts'

/** True for an IPv4 or IPv6 address, or a CIDR range of either. */
export const isIpOrRange = (text: string): boolean => parseRange(text) !== undefined

/** A list is parsed once: it belongs to one version of a key's state, which is never changed in place. */
const parsed = new WeakMap<readonly string[], Range[]>()

/** An entry that cannot be read is left out: it allows nobody. */
function rangesOf(allowed: readonly string[]): Range[] {
  let ranges = parsed.get(allowed)
  if (!ranges) {
    ranges = allowed.flatMap((entry) => parseRange(entry) ?? [])
    parsed.set(allowed, ranges)
  }
  return ranges
}

/**
 * Whether `ip` is in one of the addresses or CIDR ranges. No list allows every address; with a list, an address that is
 * unknown or cannot be read is refused.
 */
export function ipAllowed(allowed: readonly string[], ip: string | undefined): boolean {
  if (allowed.length === 0) return true
  return ip !== undefined && isWithin(rangesOf(allowed), ip)
}

/**
 * The first of `inner` that `outer` does not cover: `*` where `inner` allows every address, undefined where all are
 * covered.
 */
export function beyondIps(outer: readonly string[], inner: readonly string[]): string | undefined {
  if (outer.length === 0) return undefined
  if (inner.length === 0) return '*'
  const ranges = rangesOf(outer)
  return inner.find((entry) => {
    const range = parseRange(entry)
    return range !== undefined && !ranges.some((one) => covers(one, range))
  })
}
