import type { Callers } from '../../../api/types.ts'

type Caller = Callers['ips'][number]

/** What one site usually has: a /24 of IPv4, a /48 of IPv6, as in the alert on unknown addresses. */
export type Network = {
  /** The address itself where there is only one of its network. */
  name: string
  addresses: number
  requests: number
  refused: number
  lastSeenAt: string | null
}

/** Callers by network. The api has those seen last first, and so have these. */
export function networksOf(callers: Caller[]): Network[] {
  return Map.groupBy(callers, ({ ip }) => networkOf(ip))
    .entries()
    .map(([name, group]) => ({
      name: group.length === 1 && group[0] ? group[0].ip : name,
      addresses: group.length,
      requests: group.reduce((sum, { requests }) => sum + requests, 0),
      refused: group.reduce((sum, { refused }) => sum + refused, 0),
      lastSeenAt: group[0]?.lastSeenAt ?? null,
    }))
    .toArray()
}

/** `203.0.113.0/24`, `2001:db8:7::/48` */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return `${ip.split('.').slice(0, 3).join('.')}.0/24`
  const [start = '', end = ''] = ip.split('::')
  const left = start === '' ? [] : start.split(':')
  const right = end === '' ? [] : end.split(':')
  const gap = ip.includes('::') ? Array(Math.max(0, 8 - left.length - right.length)).fill('0') : []
  const site = [...left, ...gap, ...right].slice(0, 3)
  while (site.at(-1) === '0') site.pop()
  return `${site.join(':')}::/48`
}
