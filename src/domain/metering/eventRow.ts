import { z } from 'zod'

/**
 * An event as jobs carry it: without names, because a queue may hold millions. Releases read each other's jobs, so the
 * order stays as it is.
 */
export const EventRow = z.tuple([
  z.string().describe('id'),
  z.string().describe('keyId'),
  z.string().describe('accountId'),
  z.int().describe('at'),
  z.int().describe('status'),
  z.number().nullable().describe('latencyMs'),
  z.int().describe('units'),
  z.string().nullable().describe('requestId'),
  z.string().nullable().describe('ip'),
  z.string().nullable().describe('endpoint'),
  z.string().nullable().describe('method'),
])
export type EventRow = z.infer<typeof EventRow>
