import type { Callers } from '../../../api/types.ts'

type Caller = Callers['ips'][number]

export type Network = {
  /** The address itself where there is only one of its network. */
  name: string
  addresses: number
  requests: number
  refused: number
  lastSeenAt: string | null
}

/** Callers by network. The API has those seen last first, and so have these. */
export function networksOf(callers: Caller[]): Network[] {
  return Map.groupBy(callers, ({ network }) => network)
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
