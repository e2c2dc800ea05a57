import type { EventRow } from './eventRow.ts'
import { pathOnly } from './pathOnly.ts'
import { parseRequestId } from './requestId.ts'

/** What a resource server reported of one request to a key. */
export type UsageEvent = {
  id: string
  keyId: string
  accountId: string
  /** Unix ms. */
  at: number
  status: number
  latencyMs?: number
  units?: number
  /** Of the verification that this event completes. */
  requestId?: string
  ip?: string
  endpoint?: string
  method?: string
}

/**
 * Only what is counted of an event: an endpoint without its query, and of one that completes a verification the time
 * of that verification, because it counts in that minute.
 */
export function toRow(event: UsageEvent): EventRow {
  const completes = event.requestId === undefined ? undefined : parseRequestId(event.requestId)
  return [
    event.id,
    event.keyId,
    event.accountId,
    completes?.at ?? event.at,
    event.status,
    event.latencyMs ?? null,
    event.units ?? 0,
    event.requestId ?? null,
    event.ip ?? null,
    event.endpoint === undefined ? null : pathOnly(event.endpoint),
    event.method ?? null,
  ]
}

/** Visits a job's events in their order. All are one object, filled again for each: a visitor does not keep it. */
export function forEachEvent(rows: EventRow[], visit: (event: UsageEvent, place: number) => void): void {
  const event: UsageEvent = {
    id: '',
    keyId: '',
    accountId: '',
    at: 0,
    status: 0,
    latencyMs: undefined,
    units: 0,
    requestId: undefined,
    ip: undefined,
    endpoint: undefined,
    method: undefined,
  }
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] as EventRow
    event.id = row[0]
    event.keyId = row[1]
    event.accountId = row[2]
    event.at = row[3]
    event.status = row[4]
    event.latencyMs = row[5] ?? undefined
    event.units = row[6]
    event.requestId = row[7] ?? undefined
    event.ip = row[8] ?? undefined
    event.endpoint = row[9] ?? undefined
    event.method = row[10] ?? undefined
    visit(event, place)
  }
}
