import { DAY_MS as DAY } from '../../src/domain/time.ts'
import type { WindowUsage } from '../../src/domain/usage/windows.ts'
import type { Sums, UsageOracle } from './usageOracle.ts'

export const WINDOW_MS = { '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY } as const

type Windows = Record<keyof typeof WINDOW_MS, WindowUsage>

/** Where a bucket is missing, too many or another, in words; empty when all are the same. */
export function bucketDifferences(expected: Map<string, Sums>, found: Map<string, Sums>): string[] {
  const names = new Set([...expected.keys(), ...found.keys()])
  return [...names].flatMap((name) => {
    const [wanted, seen] = [text(expected.get(name)), text(found.get(name))]
    if (wanted === seen) return []
    const [keyId, start] = name.split(' ')
    return [`${keyId} ${new Date(Number(start)).toISOString()}: ${wanted} expected, ${seen} found`]
  })
}

/**
 * Where an answer about a key's windows differs from the oracle: counts at all, the mean by rounding, quantiles by 1
 * %.
 */
export function windowDifferences(
  oracle: UsageOracle,
  keyId: string,
  asOf: number,
  windows: Windows,
): string[] {
  return Object.entries(WINDOW_MS).flatMap(([name, lengthMs]) => {
    const { sums, latencyMs } = oracle.window(keyId, asOf, lengthMs)
    const seen = windows[name as keyof Windows]
    const where = `${keyId} ${name} as of ${new Date(asOf).toISOString()}`
    const { timed: _, ...counts } = sums
    const errors = counts.clientErrors + counts.serverErrors
    const expected = { ...counts, errors, errorRate: counts.requests === 0 ? 0 : errors / counts.requests }
    return [
      ...Object.entries(expected)
        .filter(([field, value]) => seen[field as keyof typeof expected] !== value)
        .map(
          ([field, value]) =>
            `${where} ${field}: ${value} expected, ${seen[field as keyof typeof expected]} found`,
        ),
      ...Object.entries(latencyMs)
        .filter(
          ([field, value]) =>
            !isNear(value, seen.latencyMs[field as keyof typeof latencyMs], field === 'mean' ? 1e-9 : 0.01),
        )
        .map(
          ([field, value]) =>
            `${where} ${field}: ${value} expected, ${seen.latencyMs[field as keyof typeof latencyMs]} found`,
        ),
    ]
  })
}

function text(sums: Sums | undefined): string {
  if (!sums) return 'none'
  const { requests, refused, clientErrors, serverErrors, units, timed } = sums
  return `${requests} requests, ${refused} refused, ${clientErrors} + ${serverErrors} errors, ${units} units, ${timed} timed`
}

/** The bins are exact to 1 % but for the last bits of a floating-point number. */
function isNear(expected: number | null, found: number | null, share: number): boolean {
  if (expected === null || found === null) return expected === found
  return Math.abs(found - expected) <= expected * share * (1 + 1e-9)
}
