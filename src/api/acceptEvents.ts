import { z } from 'zod'
import { canonicalAddress, MAX_ADDRESS } from '../domain/addresses.ts'
import { Failure, type FieldFault } from '../domain/failure.ts'
import { ApiKeySchema } from '../domain/keys/ApiKey.ts'
import { claimIdOf, findClaimed } from '../domain/usage/claims.ts'
import { EventIdRule, formerId, scopedId } from '../domain/usage/eventIds.ts'
import { timeFault } from '../domain/usage/eventTimes.ts'
import { storeEvents } from '../region/storeEvents.ts'
import { type EventRow, eventRow } from '../verifier/eventRow.ts'
import { parseRequestId } from '../verifier/requestId.ts'
import type { ApiContext } from './context.ts'

/** What a resource server reports of one request. */
export const UsageEvent = z
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
      .describe('Of a verification: this report completes that request'),
    ip: z.string().max(MAX_ADDRESS).optional(),
    endpoint: z.string().max(256).optional(),
    method: z.string().max(16).optional(),
  })
  .meta({ id: 'UsageEvent' })

export type UsageEvent = z.infer<typeof UsageEvent>

/** Accounts of key IDs: a key never changes its account. */
const accountOf = new Map<string, string>()

const idRule = new EventIdRule()

/**
 * Checks and stores a batch of events; it is acknowledged only when the region's Redis holds its job. One bad event
 * refuses the batch whole and is named as `nameOf` says: by its index, in its sender's own terms. `reporter` is whose
 * IDs they are. Throws Failure `validation-error`, or RegionUnavailable.
 */
export async function acceptEvents(
  api: ApiContext,
  reporter: string,
  events: UsageEvent[],
  nameOf: (index: number, field: keyof UsageEvent) => string = (index, field) => `events[${index}].${field}`,
): Promise<{ accepted: number; duplicates: number }> {
  const now = api.now().getTime()
  await learnAccounts(api, events)
  await idRule.load(api.em())
  const idOf = (id: string) => (idRule.isScoped(now) ? scopedId(reporter, id) : id)
  const faults: FieldFault[] = []
  const rows = new Map<string, EventRow>()
  for (const [index, event] of events.entries()) {
    const fault = faultOf(event, now)
    if (fault) faults.push({ ...fault, field: nameOf(index, fault.field) })
    else if (!rows.has(event.id))
      rows.set(
        event.id,
        eventRow({
          ...event,
          id: idOf(event.id),
          at: Date.parse(event.at),
          accountId: accountOf.get(event.keyId) ?? '',
        }),
      )
  }
  if (faults.length > 0) {
    const detail = faults
      .slice(0, 5)
      .map((fault) => `${fault.field}: ${fault.message}`)
      .join('; ')
    throw new Failure('validation-error', { detail, errors: faults.slice(0, 100) })
  }
  const duplicates = await findDuplicates(api, [...rows.values()], now)
  const accepted = rows.size - duplicates
  return { accepted, duplicates: events.length - accepted }
}

/** Stores the rows, and returns how many of them were counted, or stored, before. */
async function findDuplicates(api: ApiContext, rows: EventRow[], now: number): Promise<number> {
  const claims = rows.map(([id]) => claimIdOf(id))
  const former = idRule.remembersFormer(now) ? rows.map(([id]) => claimIdOf(formerId(id) ?? id)) : claims
  // Before the job exists: a worker may have claimed its ids a moment later.
  const claimed = await findClaimed(api.em(), [...new Set([...claims, ...former])])
  const seen = new Set(await storeEvents(api.region, rows, now))
  return claims.filter(
    (claim, place) => claimed.has(claim) || claimed.has(former[place] ?? '') || seen.has(claim),
  ).length
}

/** One query for the keys of a batch that are not known yet. Deleted keys are known too: late events count. */
async function learnAccounts(api: ApiContext, events: UsageEvent[]): Promise<void> {
  const unknown = [...new Set(events.map((event) => event.keyId))].filter((keyId) => !accountOf.has(keyId))
  if (unknown.length === 0) return
  const keys = await api.em().find(ApiKeySchema, { id: { $in: unknown } }, { fields: ['id', 'accountId'] })
  if (accountOf.size > 500_000) accountOf.clear()
  for (const key of keys) accountOf.set(key.id, key.accountId)
}

function faultOf(event: UsageEvent, now: number): (FieldFault & { field: keyof UsageEvent }) | undefined {
  const at = Date.parse(event.at)
  if (!accountOf.has(event.keyId))
    return { field: 'keyId', message: 'there is no such key', code: 'invalid_format' }
  const wrongTime = timeFault(at, now)
  if (wrongTime) return { field: 'at', message: wrongTime, code: 'out_of_range' }
  if (event.ip !== undefined && canonicalAddress(event.ip) === undefined) {
    return { field: 'ip', message: 'must be an IP address', code: 'invalid_format' }
  }
  if (event.requestId === undefined) return undefined
  const request = parseRequestId(event.requestId)
  if (!request)
    return { field: 'requestId', message: 'is not the requestId of a verification', code: 'invalid_format' }
  const impossible = timeFault(request.at, now)
  if (impossible)
    return { field: 'requestId', message: `is of a verification that ${impossible}`, code: 'out_of_range' }
  return undefined
}
