import type { TokenVersion } from '../domain/metering/Ticket.ts'
import type { VerificationBatch } from '../domain/metering/verificationBatch.ts'
import { METERING_OPTIONS } from '../platform/retryOptions.ts'

export type BatchOf = {
  name: string
  kind: 'primary' | 'unleased' | 'leased'
  meteringPrefix: string
  slotsPrefix: string
}

/** The script's arguments after marker and prefix, in their order. */
const ORDER = [
  'deadline',
  'verifier',
  'sequence',
  'groups',
  'plain',
  'soonest',
  'limits',
  'contexts',
  'batchId',
  'queue',
  'slots',
  'options',
  'cached',
  'keys',
  'accounts',
  'once',
  'kind',
  'region',
  'tokens',
] as const

/** Service tokens as scripts take them, to compare them with the region's. */
export const tokenVersions = (tokens: TokenVersion[]): string =>
  tokens.length === 0
    ? '[]'
    : JSON.stringify([tokens.map(({ digest }) => digest), tokens.map(({ version }) => version)])

/** A batch as the arguments of admit.lua and takeBack.lua. `deadline` is Unix ms of the region's clock. */
export function admitArgs(
  { name, kind, meteringPrefix, slotsPrefix }: BatchOf,
  batch: VerificationBatch,
  deadline: number,
): (string | number)[] {
  const named: Record<(typeof ORDER)[number], string | number> = {
    deadline,
    verifier: batch.verifier,
    sequence: batch.sequence,
    groups: JSON.stringify(batch.groups),
    plain: JSON.stringify(batch.plain),
    soonest: batch.soonest,
    limits: JSON.stringify(flatLimits(batch.limits)),
    contexts: `[${batch.contexts.join(',')}]`,
    batchId: batch.batchId,
    queue: meteringPrefix,
    slots: slotsPrefix,
    options: METERING_OPTIONS,
    cached: JSON.stringify([batch.digests, batch.versions, batch.accountVersions]),
    keys: JSON.stringify(batch.keyIds),
    accounts: JSON.stringify(batch.accountIds),
    once: JSON.stringify(batch.once),
    kind,
    region: name,
    tokens: tokenVersions(batch.tokens),
  }
  return ORDER.map((part) => named[part])
}

/** All in one list; those of the first account alone where all have the same, as on one plan. */
function flatLimits(limits: number[][]): number[] {
  const [first = []] = limits
  return limits.every((own) => own.every((limit, at) => limit === first[at])) ? first : limits.flat()
}

/** The head of a script that takes these arguments: it reads them by the same names, as `arg.deadline`. */
export const ADMIT_ARGS = `local arg = { ${['marker', 'prefix', ...ORDER]
  .map((part, index) => `${part} = ARGV[${index + 1}]`)
  .join(', ')} }\n`
