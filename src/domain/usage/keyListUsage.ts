import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { z } from 'zod'
import { readKeyUsages, type WindowUsage } from './windows.ts'

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

/** The usage of many keys at one instant, in one statement however many they are. */
export async function readKeyListUsage(
  em: SqlEntityManager,
  keyIds: string[],
  now: Date,
): Promise<Map<string, KeyListUsage>> {
  if (keyIds.length === 0) return new Map()
  const usages = await readKeyUsages(em, keyIds, now, { quantiles: false, hours: true })
  return new Map(
    [...usages].map(([keyId, { windows, requestsByHour }]): [string, KeyListUsage] => [
      keyId,
      {
        usage: {
          '24h': summary(windows['24h']),
          '7d': summary(windows['7d']),
          '30d': summary(windows['30d']),
        },
        requestsByHour,
      },
    ]),
  )
}

function summary({ requests, refused, errors, errorRate, units, latencyMs: { mean } }: WindowUsage) {
  return { requests, refused, errors, errorRate, units, latencyMs: { mean } }
}
