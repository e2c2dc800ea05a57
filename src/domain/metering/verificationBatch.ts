import { ADMIT } from './decisionCodes.ts'
import type { Ticket, TokenVersion } from './Ticket.ts'

/**
 * A batch of verifications on its way to admit.lua. Keys, accounts and contexts are named once; requests refer to them
 * by place.
 */
export type VerificationBatch = {
  /** Who sends it, and the number of the batch among theirs: takeBack.lua finds it by these. */
  verifier: string
  sequence: number
  /** Claimed by the worker, so that the batch's metering job counts once. */
  batchId: string
  /** One per key: see `VerificationGroup`. */
  groups: VerificationGroup[]
  /**
   * Per key: account's place from 1, how many requests, how many units they ask for. Zero requests where the script
   * must look at each: they may be refused for another reason than a limit, or repeat an Idempotency-Key.
   */
  plain: number[]
  /** When the first of the plain keys expires, Unix ms; 0: none does. */
  soonest: number
  /** Per account: [perMinute, perDay, rendersPerMonth, 1 if hard]; -1: unlimited. */
  limits: number[][]
  /** Each as `contextOf` makes it. */
  contexts: string[]
  digests: string[]
  versions: string[]
  keyIds: string[]
  accountIds: string[]
  accountVersions: string[]
  /** Requests with an Idempotency-Key: [place from 1, name, request's hash, tail of its request ID]. */
  once: [number, string, string, string][]
  /** The service tokens that ask. */
  tokens: TokenVersion[]
}

/**
 * The requests of one key: `[account's place from 1, expiresAt, 1 for a test key]`, then for each request `verdict,
 * units, context's place from 0`. admit.lua, takeBack.lua and mergeRefusals.lua read it so, too.
 */
export type VerificationGroup = number[]

/** What a `VerificationGroup` has before its requests, and for each. */
export const HEAD_SIZE = 3
export const REQUEST_SIZE = 3

/** What is known of a request beside its key, as batches hold it. */
export const contextOf = (ip?: string, endpoint?: string, method?: string): string =>
  JSON.stringify([ip ?? null, endpoint ?? null, method ?? null])

/**
 * The requests by key, as the script takes them; `ordered` has them in the order of its results. A key or an account
 * that stood there twice would be counted twice from the same start, so they are compared by what they are, never by
 * which object in memory they are.
 */
export function encodeBatch<One extends { ticket: Ticket }>(
  requests: One[],
  identity: Pick<VerificationBatch, 'verifier' | 'sequence' | 'batchId'>,
): { ordered: One[]; batch: VerificationBatch } {
  const byKey = new Map<
    string,
    { group: VerificationGroup; members: One[]; isPlain: boolean; units: number }
  >()
  const accountPlaces = new Map<string, number>()
  const contextPlaces = new Map<string, number>()
  const limits: number[][] = []
  const digests: string[] = []
  const versions: string[] = []
  const keyIds: string[] = []
  const accountIds: string[] = []
  const accountVersions: string[] = []
  const tokens = new Set<TokenVersion>()
  let hasOnce = false
  // The region's clock decides. This one only says which keys are worth a look.
  const now = Date.now()
  for (const one of requests) {
    const { key, verdict, units, context, token, once } = one.ticket
    if (token) tokens.add(token)
    if (once) hasOnce = true
    let entry = byKey.get(key.name)
    if (!entry) {
      let place = accountPlaces.get(key.state.accountId)
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
        accountPlaces.set(key.state.accountId, place)
      }
      const { digest, keyId, expiresAt, type } = key.state
      entry = {
        group: [place, expiresAt, type === 'test' ? 1 : 0],
        members: [],
        isPlain: type === 'live' && (expiresAt === 0 || expiresAt > now),
        units: 0,
      }
      digests.push(digest)
      versions.push(key.version)
      keyIds.push(keyId)
      byKey.set(key.name, entry)
    }
    let index = contextPlaces.get(context)
    if (index === undefined) {
      index = contextPlaces.size
      contextPlaces.set(context, index)
    }
    entry.group.push(verdict, units, index)
    entry.members.push(one)
    entry.units += units
    if (verdict !== ADMIT || once) entry.isPlain = false
  }
  const entries = [...byKey.values()]
  const ordered: One[] = []
  const plain: number[] = []
  let soonest = 0
  for (const { group, members, isPlain, units } of entries) {
    ordered.push(...members)
    const [place = 0, expiresAt = 0] = group
    plain.push(place, isPlain ? members.length : 0, units)
    if (isPlain && expiresAt > 0 && (soonest === 0 || expiresAt < soonest)) soonest = expiresAt
  }
  return {
    ordered,
    batch: {
      ...identity,
      groups: entries.map((entry) => entry.group),
      plain,
      soonest,
      limits,
      contexts: [...contextPlaces.keys()],
      digests,
      versions,
      keyIds,
      accountIds,
      accountVersions,
      once: hasOnce ? onceRows(ordered) : [],
      tokens: [...tokens],
    },
  }
}

function onceRows(ordered: { ticket: Ticket }[]): VerificationBatch['once'] {
  return ordered.flatMap(({ ticket: { once } }, index) =>
    once
      ? [
          [
            index + 1,
            once.name,
            once.requestHash,
            once.tail,
          ] as const satisfies VerificationBatch['once'][number],
        ]
      : [],
  )
}
