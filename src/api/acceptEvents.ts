import { z } from 'zod'
import { canonicalAddress, MAX_ADDRESS } from '../domain/addresses.ts'
import { findErased } from '../domain/erasure/erasing.ts'
import { Failure, type FieldFault } from '../domain/failure.ts'
import { ApiKeySchema } from '../domain/keys/ApiKey.ts'
import { claimIdOf } from '../domain/metering/claimId.ts'
import { findClaimed } from '../domain/metering/claims.ts'
import { EventIdRule, formerId, scopedId } from '../domain/metering/eventIds.ts'
import { timeFault } from '../domain/metering/eventTimes.ts'
import { parseRequestId } from '../domain/metering/requestId.ts'
import type { UsageEvent } from '../domain/metering/usageEvent.ts'
import { storeEvents } from '../region/storeEvents.ts'
import type { KnownToken } from '../verifier/KnownTokens.ts'
import type { ApiContext } from './context.ts'

/** What a resource server reports of one request. */
export const EventReport = z
  .strictObject({
    id: z.string().min(1).max(128),
    at: z.iso.datetime({ offset: true }),
    keyId: z.string().min(1).max(64),
    status: z.int().min(100).max(599),
    latencyMs: z.number().min(0).max(86_400_000).optional(),
    units: z.int().min(0).max(1_000_000).optional(),
    requestId: z
      .string()
      .max(64)
      .optional()
      .describe('The `requestId` of a verification: the report completes that request'),
    ip: z.string().max(MAX_ADDRESS).optional(),
    endpoint: z.string().max(256).optional(),
    method: z.string().max(16).optional(),
  })
  .meta({ id: 'UsageEvent' })

export type EventReport = z.infer<typeof EventReport>

/** Accounts of key IDs: a key never changes its account. */
const accountOf = new Map<string, string>()

const idRule = new EventIdRule()

/**
 * Checks and stores a batch of events; it is acknowledged only when the region's Redis holds its job. One bad event
 * refuses the batch whole and is named as `nameOf` says: by its index, in its sender's own terms. `token` is whose
 * IDs they are. Throws Failure `validation-error`, or RegionUnavailable.
 */
export async function acceptEvents(
  api: ApiContext,
  token: Pick<KnownToken, 'reporter' | 'accounts'>,
  reports: EventReport[],
  nameOf: (index: number, field: keyof EventReport) => string = (index, field) => `events[${index}].${field}`,
): Promise<{ accepted: number; duplicates: number }> {
  const now = api.now().getTime()
  await learnAccounts(api, reports)
  const accounts = new Set(reports.flatMap(({ keyId }) => accountOf.get(keyId) ?? []))
  const erased = await findErased(api.em(), [...accounts])
  await idRule.load(api.em())
  const isOpen = (accountId: string) => token.accounts?.has(accountId) !== false && !erased.has(accountId)
  const idOf = (id: string) => (idRule.isScoped(now) ? scopedId(token.reporter, id) : id)
  const faults: FieldFault[] = []
  const events = new Map<string, UsageEvent>()
  for (const [index, report] of reports.entries()) {
    const fault = faultOf(report, isOpen, now)
    if (fault) faults.push({ ...fault, field: nameOf(index, fault.field) })
    else if (!events.has(report.id))
      events.set(report.id, {
        ...report,
        id: idOf(report.id),
        at: Date.parse(report.at),
        accountId: accountOf.get(report.keyId) ?? '',
      })
  }
  if (faults.length > 0) {
    const detail = faults
      .slice(0, 5)
      .map((fault) => `${fault.field}: ${fault.message}`)
      .join('; ')
    throw new Failure('validation-error', { detail, errors: faults.slice(0, 100) })
  }
  const duplicates = await storeAndCountDuplicates(api, [...events.values()], now)
  const accepted = events.size - duplicates
  return { accepted, duplicates: reports.length - accepted }
}

/** Stores the events. Returns how many of them were stored or counted before. */
async function storeAndCountDuplicates(api: ApiContext, events: UsageEvent[], now: number): Promise<number> {
  const claims = events.map(({ id }) => claimIdOf(id))
  const former = idRule.remembersFormer(now) ? events.map(({ id }) => claimIdOf(formerId(id) ?? id)) : claims
  // Before the job exists: a worker may have claimed its ids a moment later.
  const claimed = await findClaimed(api.em(), [...new Set([...claims, ...former])])
  const seen = new Set(await storeEvents(api.shards, events, now))
  return claims.filter(
    (claim, place) => claimed.has(claim) || claimed.has(former[place] ?? '') || seen.has(claim),
  ).length
}

/** One query for the keys of a batch that are not known yet. Deleted keys are known too: late events count. */
async function learnAccounts(api: ApiContext, reports: EventReport[]): Promise<void> {
  const unknown = [...new Set(reports.map((report) => report.keyId))].filter((keyId) => !accountOf.has(keyId))
  if (unknown.length === 0) return
  const keys = await api.em().find(ApiKeySchema, { id: { $in: unknown } }, { fields: ['id', 'accountId'] })
  if (accountOf.size > 500_000) accountOf.clear()
  for (const key of keys) accountOf.set(key.id, key.accountId)
}

function faultOf(
  report: EventReport,
  isOpen: (accountId: string) => boolean,
  now: number,
): (FieldFault & { field: keyof EventReport }) | undefined {
  const at = Date.parse(report.at)
  const accountId = accountOf.get(report.keyId)
  // The key of an erased account, or of one that the token is not for, is as unknown as one that does not exist.
  if (accountId === undefined || !isOpen(accountId))
    return { field: 'keyId', message: 'there is no such key', code: 'invalid_format' }
  const wrongTime = timeFault(at, now)
  if (wrongTime) return { field: 'at', message: wrongTime, code: 'out_of_range' }
  if (report.ip !== undefined && canonicalAddress(report.ip) === undefined) {
    return { field: 'ip', message: 'must be an IP address', code: 'invalid_format' }
  }
  if (report.requestId === undefined) return undefined
  const request = parseRequestId(report.requestId)
  if (!request)
    return { field: 'requestId', message: 'is not the requestId of a verification', code: 'invalid_format' }
  const impossible = timeFault(request.at, now)
  if (impossible)
    return { field: 'requestId', message: `is of a verification that ${impossible}`, code: 'out_of_range' }
  return undefined
}
