import { METERING_OPTIONS } from '../platform/queues.ts'

/** One batch of verifications; keys, accounts and contexts are named once, and requests refer to them by place. */
export type Batch = {
  /** Who sends it, and the number of the batch among theirs: takeBack.lua finds it by these. */
  verifier: string
  sequence: number
  /** Claimed by the worker, so that the batch's metering job counts once. */
  batchId: string
  /**
   * One list per key: [account's place from 1, expiresAt, 1 for a test key], then per request [verdict, units, context's
   * place].
   */
  groups: number[][]
  /** Per account: [perMinute, perDay, rendersPerMonth, 1 if hard]; -1: unlimited. */
  limits: number[][]
  /** JSON texts. */
  contexts: string[]
  digests: string[]
  versions: string[]
  keyIds: string[]
  accountIds: string[]
  accountVersions: string[]
  /** Requests with an Idempotency-Key: [place from 1, name, request's hash, tail of its request ID]. */
  once: [number, string, string, string][]
}

export type BatchOf = { name: string; kind: 'primary' | 'unleased' | 'leased'; meteringPrefix: string }

/** The script's arguments after marker and prefix, in their order. */
const ORDER = [
  'deadline',
  'verifier',
  'sequence',
  'groups',
  'limits',
  'contexts',
  'batchId',
  'queue',
  'options',
  'claimed',
  'keys',
  'accounts',
  'once',
  'kind',
  'region',
] as const

/** A batch as the arguments of admit.lua and takeBack.lua. `deadline` is Unix ms of the region's clock. */
export function admitArgs(
  { name, kind, meteringPrefix }: BatchOf,
  batch: Batch,
  deadline: number,
): (string | number)[] {
  const named: Record<(typeof ORDER)[number], string | number> = {
    deadline,
    verifier: batch.verifier,
    sequence: batch.sequence,
    groups: JSON.stringify(batch.groups),
    limits: JSON.stringify(batch.limits),
    contexts: `[${batch.contexts.join(',')}]`,
    batchId: batch.batchId,
    queue: meteringPrefix,
    options: METERING_OPTIONS,
    claimed: JSON.stringify([batch.digests, batch.versions, batch.accountVersions]),
    keys: JSON.stringify(batch.keyIds),
    accounts: JSON.stringify(batch.accountIds),
    once: JSON.stringify(batch.once),
    kind,
    region: name,
  }
  return ORDER.map((part) => named[part])
}

/** The head of a script that takes these arguments: it reads them by the same names, as `arg.deadline`. */
export const ADMIT_ARGS = `local arg = { ${['marker', 'prefix', ...ORDER]
  .map((part, index) => `${part} = ARGV[${index + 1}]`)
  .join(', ')} }\n`
