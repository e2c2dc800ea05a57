import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { executeBound, pgArray } from '../sql.ts'
import { HOUR_MS } from '../time.ts'
import { readWindows, type WindowUsage } from './windows.ts'

const HOURS = 24

const UsageSummary = z
  .object({
    requests: z.int(),
    refused: z.int(),
    errors: z.int(),
    errorRate: z.number(),
    units: z.int(),
    latencyMs: z.object({ mean: z.number().nullable() }),
  })
  .meta({ id: 'UsageSummary' })

/** What a list shows of a key's usage. */
export const KeyListUsage = z.object({
  usage: z.object({ '24h': UsageSummary, '7d': UsageSummary, '30d': UsageSummary }),
  requestsByHour: z
    .array(z.int())
    .describe('Requests of the current hour and of the 23 hours before it, oldest first'),
})
export type KeyListUsage = z.infer<typeof KeyListUsage>

/** The usage of many keys at one instant, in four statements however many they are. */
export async function readKeyListUsage(
  em: SqlEntityManager,
  keyIds: string[],
  now: Date,
): Promise<Map<string, KeyListUsage>> {
  if (keyIds.length === 0) return new Map()
  const [windows, hours] = await Promise.all([
    readWindows(em, keyIds, now, { quantiles: false }),
    readHours(em, keyIds, now),
  ])
  const usages = [...windows].map(([keyId, byName]): [string, KeyListUsage] => [
    keyId,
    {
      usage: { '24h': summary(byName['24h']), '7d': summary(byName['7d']), '30d': summary(byName['30d']) },
      requestsByHour: hours.get(keyId) ?? Array(HOURS).fill(0),
    },
  ])
  return new Map(usages)
}

function summary({ requests, refused, errors, errorRate, units, latencyMs: { mean } }: WindowUsage) {
  return { requests, refused, errors, errorRate, units, latencyMs: { mean } }
}

async function readHours(em: SqlEntityManager, keyIds: string[], now: Date): Promise<Map<string, number[]>> {
  const first = (Math.floor(now.getTime() / HOUR_MS) - HOURS + 1) * HOUR_MS
  const rows = await executeBound<{ key_id: string; at: string; requests: string }>(
    em,
    'select key_id, at, requests from usage_hour where key_id = any($1::text[]) and at >= $2 and at < $3',
    [pgArray(keyIds), new Date(first), new Date(first + HOURS * HOUR_MS)],
  )
  const byKey = new Map<string, number[]>()
  for (const { key_id, at, requests } of rows) {
    const hours = byKey.get(key_id) ?? Array<number>(HOURS).fill(0)
    hours[(new Date(at).getTime() - first) / HOUR_MS] = Number(requests)
    byKey.set(key_id, hours)
  }
  return byKey
}
