import type { JobData } from '../domain/jobs.ts'
import { pathOnly } from '../domain/usage/pathOnly.ts'
import { parseRequestId } from './requestId.ts'

export type EventRow = JobData<'roll-up-events'>['events'][number]

/** A usage event whose key's account is known; `at` in Unix ms. */
export type ReportedEvent = {
  id: string
  at: number
  keyId: string
  accountId: string
  status: number
  latencyMs?: number
  units?: number
  /** Of the verification that this event completes. */
  requestId?: string
  ip?: string
  endpoint?: string
  method?: string
}

/** An event as jobs carry it. A report that completes a verification counts in that verification's minute. */
export function eventRow(event: ReportedEvent): EventRow {
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
