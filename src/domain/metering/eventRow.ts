import { z } from 'zod'

/**
 * An event as jobs carry it: without names, because a queue may hold millions. Releases read each other's jobs, so the
 * order stays as it is.
 */
export type EventRow = [
  id: string,
  keyId: string,
  accountId: string,
  at: number,
  status: number,
  latencyMs: number | null,
  units: number,
  requestId: string | null,
  ip: string | null,
  endpoint: string | null,
  method: string | null,
]

const isText = (value: unknown) => typeof value === 'string'
const isTextOrNull = (value: unknown) => value === null || typeof value === 'string'
const isNumberOrNull = (value: unknown) => value === null || Number.isFinite(value)
const isInt = Number.isSafeInteger as (value: unknown) => boolean

/** What each place of a row holds, in its order. */
const PLACES: ((value: unknown) => boolean)[] = [
  ...[isText, isText, isText, isInt, isInt, isNumberOrNull, isInt],
  ...[isTextOrNull, isTextOrNull, isTextOrNull, isTextOrNull],
]

function isEventRow(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== PLACES.length) return false
  for (let place = 0; place < PLACES.length; place++) if (!PLACES[place]?.(value[place])) return false
  return true
}

/** Looked at by hand: a tuple of zod takes a tenth of all that a worker does with an event. */
export const EventRow = z.custom<EventRow>(isEventRow)
