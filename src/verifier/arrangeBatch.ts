import { randomUUID } from 'node:crypto'
import type { Batch } from '../region/admitArgs.ts'
import type { Ticket } from './Ticket.ts'

/**
 * The batch as the script takes it: requests by key, accounts and contexts named once. See admit.lua. A key or an
 * account that stood there twice would be counted twice from the same start, so they are compared by what they are,
 * never by which object in memory they are.
 */
export function arrangeBatch<One extends { ticket: Ticket }>(
  batch: One[],
  verifier: string,
  sequence: number,
): { ordered: One[]; args: Batch } {
  const byKey = new Map<string, { group: number[]; members: One[] }>()
  const placeOf = new Map<string, number>()
  const contextOf = new Map<string, number>()
  const limits: number[][] = []
  const digests: string[] = []
  const versions: string[] = []
  const ids: string[] = []
  const accountIds: string[] = []
  const accountVersions: string[] = []
  let hasOnce = false
  for (const one of batch) {
    const { key, verdict, units, context } = one.ticket
    hasOnce ||= one.ticket.once !== undefined
    let entry = byKey.get(key.name)
    if (!entry) {
      let place = placeOf.get(key.state.accountId)
      if (place === undefined) {
        const { state, version } = key.account
        place = limits.push([
          state.requestsPerMinute,
          state.requestsPerDay,
          state.rendersPerMonth,
          state.rendersHard ? 1 : 0,
        ])
        accountIds.push(state.accountId)
        accountVersions.push(version)
        placeOf.set(key.state.accountId, place)
      }
      const { digest, keyId, expiresAt, type } = key.state
      entry = { group: [place, expiresAt, type === 'test' ? 1 : 0], members: [] }
      digests.push(digest)
      versions.push(key.version)
      ids.push(keyId)
      byKey.set(key.name, entry)
    }
    let index = contextOf.get(context)
    if (index === undefined) {
      index = contextOf.size
      contextOf.set(context, index)
    }
    entry.group.push(verdict, units, index)
    entry.members.push(one)
  }
  const entries = [...byKey.values()]
  const groups = entries.map((entry) => entry.group)
  const ordered = entries.flatMap((entry) => entry.members)
  return {
    ordered,
    args: {
      verifier,
      sequence,
      batchId: randomUUID(),
      groups,
      limits,
      contexts: [...contextOf.keys()],
      digests,
      versions,
      keyIds: ids,
      accountIds,
      accountVersions,
      once: hasOnce ? onceOf(ordered) : [],
    },
  }
}

function onceOf(ordered: { ticket: Ticket }[]): Batch['once'] {
  return ordered.flatMap(({ ticket: { once } }, index) =>
    once
      ? [[index + 1, once.name, once.requestHash, once.tail] as const satisfies Batch['once'][number]]
      : [],
  )
}
