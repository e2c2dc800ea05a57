import { z } from 'zod'
import { PRIMARY } from '../regions.ts'
import { RESULT_SIZE } from './readDecisions.ts'
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
const VerificationGroup = z.array(z.int()).min(6)
type VerificationGroup = z.infer<typeof VerificationGroup>
const HEAD_SIZE = 3
const REQUEST_SIZE = 3

/** A batch as the script decided it: what the jobs `roll-up-verifications` and `take-back-verifications` carry. */
export const DecidedBatch = z.object({
  batchId: z.uuid(),
  region: z.string().default(PRIMARY),
  /** Unix ms of the region's clock. */
  at: z.int(),
  contexts: z.array(z.tuple([z.string().nullable(), z.string().nullable(), z.string().nullable()])),
  accounts: z.array(z.string()),
  keys: z.array(z.string()),
  groups: z.array(VerificationGroup),
  /** Per request, in the groups' order: `code,minute,day,renders`. */
  results: z.string(),
})
export type DecidedBatch = z.infer<typeof DecidedBatch>

/** One verification of a decided batch; `at` is the batch's. */
export type DecidedVerification = {
  region: string
  at: number
  keyId: string
  accountId: string
  isTest: boolean
  code: number
  units: number
  ip: string | undefined
  endpoint: string | undefined
  method: string | undefined
}

/** What is known of a request beside its key, as batches hold it. */
export const contextOf = (ip?: string, endpoint?: string, method?: string): string =>
  JSON.stringify([ip ?? null, endpoint ?? null, method ?? null])

/** Refused requests that a region has added up; `at` in Unix ms, the start of their minute, hour or day. */
export type Refusals = { keyId: string; accountId: string; at: number; code: number; count: number }[]

/**
 * Visits a batch's verifications in their order. All are one object, filled again for each: a visitor does not keep it.
 */
export function forEachVerification(
  batch: DecidedBatch,
  visit: (verification: DecidedVerification) => void,
): void {
  const results = batch.results.split(',')
  const verification: DecidedVerification = {
    region: batch.region,
    at: batch.at,
    keyId: '',
    accountId: '',
    isTest: false,
    code: 0,
    units: 0,
    ip: undefined,
    endpoint: undefined,
    method: undefined,
  }
  let result = 0
  for (const [index, group] of batch.groups.entries()) {
    verification.keyId = batch.keys[index] ?? ''
    verification.accountId = batch.accounts[(group[0] ?? 0) - 1] ?? ''
    verification.isTest = group[2] === 1
    for (let request = HEAD_SIZE; request < group.length; request += REQUEST_SIZE) {
      const context = batch.contexts[group[request + 2] ?? 0]
      verification.code = Number(results[result])
      verification.units = group[request + 1] ?? 0
      verification.ip = context?.[0] ?? undefined
      verification.endpoint = context?.[1] ?? undefined
      verification.method = context?.[2] ?? undefined
      visit(verification)
      result += RESULT_SIZE
    }
  }
}

/**
 * The batch without what it says of these accounts' keys and callers: the same requests, decisions and units, all of
 * one key, which has the account's ID.
 */
export function withoutCallers(batch: DecidedBatch, accountIds: Set<string>): DecidedBatch {
  const ownerOf = ([place = 0]: VerificationGroup) => batch.accounts[place - 1] ?? ''
  const isTheirs = (group: VerificationGroup) => accountIds.has(ownerOf(group))
  const nobody = batch.contexts.length
  const others = new Set<number>()
  const contextPlaces = (group: VerificationGroup) =>
    group.flatMap((_, place) =>
      place >= HEAD_SIZE && (place - HEAD_SIZE) % REQUEST_SIZE === 2 ? [place] : [],
    )
  for (const group of batch.groups)
    if (!isTheirs(group)) for (const place of contextPlaces(group)) others.add(group[place] ?? 0)
  return {
    ...batch,
    contexts: [...batch.contexts.map((context, place) => (others.has(place) ? context : NOBODY)), NOBODY],
    keys: batch.keys.map((keyId, place) => {
      const group = batch.groups[place]
      return group && isTheirs(group) ? ownerOf(group) : keyId
    }),
    groups: batch.groups.map((group) => {
      if (!isTheirs(group)) return group
      const places = new Set(contextPlaces(group))
      return group.map((value, place) => (places.has(place) ? nobody : value))
    }),
  }
}

/** The accounts of whose keys a batch has more than `withoutCallers` leaves. */
export const ownersIn = ({ accounts, groups, keys }: DecidedBatch): string[] =>
  accounts.filter((id, place) => groups.some(([of], group) => of === place + 1 && keys[group] !== id))

const NOBODY: DecidedBatch['contexts'][number] = [null, null, null]

/**
 * The requests by key, as the script takes them; `ordered` has them in the order of its results. A key or an account
 * that stood there twice would be counted twice from the same start, so they are compared by what they are, never by
 * which object in memory they are.
 */
export function encodeBatch<One extends { ticket: Ticket }>(
  requests: One[],
  identity: Pick<VerificationBatch, 'verifier' | 'sequence' | 'batchId'>,
): { ordered: One[]; batch: VerificationBatch } {
  const byKey = new Map<string, { group: VerificationGroup; members: One[] }>()
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
  for (const one of requests) {
    const { key, verdict, units, context, token } = one.ticket
    if (token) tokens.add(token)
    hasOnce ||= one.ticket.once !== undefined
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
      entry = { group: [place, expiresAt, type === 'test' ? 1 : 0], members: [] }
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
  }
  const entries = [...byKey.values()]
  const ordered = entries.flatMap((entry) => entry.members)
  return {
    ordered,
    batch: {
      ...identity,
      groups: entries.map((entry) => entry.group),
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
