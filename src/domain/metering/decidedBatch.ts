import { z } from 'zod'
import { PRIMARY } from '../regions.ts'
import { regionOfShard } from '../shards.ts'
import { ADMIT } from './decisionCodes.ts'
import { RESULT_SIZE } from './readDecisions.ts'
import { HEAD_SIZE, REQUEST_SIZE, type VerificationGroup } from './verificationBatch.ts'

/** A batch as the script decided it: what the jobs `roll-up-verifications` and `take-back-verifications` carry. */
export const DecidedBatch = z.object({
  batchId: z.uuid(),
  /** The shard that decided it, by its name. */
  region: z.string().default(PRIMARY),
  /** Unix ms of the region's clock. */
  at: z.int(),
  contexts: z.array(z.tuple([z.string().nullable(), z.string().nullable(), z.string().nullable()])),
  accounts: z.array(z.string()),
  keys: z.array(z.string()),
  /** Each a `VerificationGroup`. */
  groups: z.array(z.array(z.int()).min(6)),
  /**
   * Per request, in the groups' order: `code,minute,day,renders`. The code alone is read here. Empty where all were
   * admitted; in jobs that an older release may read it never is: see `withResults`.
   */
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

/** Refused requests that a region has added up; `at` in Unix ms, the start of their minute, hour or day. */
export type Refusals = { keyId: string; accountId: string; at: number; code: number; count: number }[]

/**
 * Visits a batch's verifications in their order. All are one object, filled again for each: a visitor does not keep it.
 */
export function forEachVerification(
  batch: DecidedBatch,
  visit: (verification: DecidedVerification) => void,
): void {
  const results = batch.results === '' ? undefined : batch.results.split(',')
  const verification: DecidedVerification = {
    region: regionOfShard(batch.region),
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
      verification.code = results === undefined ? ADMIT : Number(results[result])
      verification.units = group[request + 1] ?? 0
      verification.ip = context?.[0] ?? undefined
      verification.endpoint = context?.[1] ?? undefined
      verification.method = context?.[2] ?? undefined
      visit(verification)
      result += RESULT_SIZE
    }
  }
}

/** The batch with a result for each request. */
export function withResults(batch: DecidedBatch): DecidedBatch {
  if (batch.results !== '') return batch
  const requests = batch.groups.reduce((sum, { length }) => sum + (length - HEAD_SIZE) / REQUEST_SIZE, 0)
  return { ...batch, results: Array(requests).fill(`${ADMIT},,,`).join() }
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
