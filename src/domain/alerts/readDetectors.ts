import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { HOUR_MS, MINUTE_MS, WEEK_MS } from '../time.ts'
import type { AlertRule } from './AlertRule.ts'
import { type Baseline, type Mix, unusualErrors, usageSpike } from './detectors.ts'
import { readBaselines, readMixes } from './readBaselines.ts'
import { readSums } from './readMeasures.ts'
import { readUnknownIps } from './readUnknownIps.ts'
import { readUnusualHours } from './readUnusualHours.ts'
import type { Memories, Reading } from './stepAlert.ts'

type Remembered<Value> = { hour: number; value: Value | null }

/**
 * A detector's readings. What is usual is read once an hour of the clock and remembered in the rule's state: reading
 * weeks of an account with many keys each minute would cost more than the minute's other rules together. Only what
 * was since `learnsFrom` counts as usual.
 */
export async function readDetector(
  em: SqlEntityManager,
  rule: AlertRule,
  memories: Memories,
  now: number,
  learnsFrom: number,
): Promise<Map<string, Reading>> {
  if (rule.metric === 'unknown_ip') return readUnknownIps(em, rule, memories, now)
  if (rule.metric === 'unusual_hours') return readUnusualHours(em, rule, now, learnsFrom)
  const keys = rule.keyIds ?? ['']
  const hour = Math.floor((now - 30 * MINUTE_MS) / HOUR_MS) * HOUR_MS
  if (rule.metric === 'usage_spike') {
    const { accountId, keyIds } = rule
    const wanted = { accountId, windowMinutes: 60, keyIds: keyIds ?? [], account: !keyIds, bins: false }
    const sums = await readSums(em, wanted, now)
    const usual = await remembered<Baseline>(keys, memories, hour, () =>
      readBaselines(em, rule, hour, learnsFrom),
    )
    return new Map(
      keys.map((key) => {
        const { value } = usual.get(key) ?? { value: null }
        const reading = usageSpike(sums.get(key)?.requests ?? 0, value ?? undefined)
        return [key, { ...reading, remember: { usual: usual.get(key) } }]
      }),
    )
  }
  const from = now - rule.windowMinutes * MINUTE_MS
  const end = Math.floor(from / HOUR_MS) * HOUR_MS
  const recent = await readMixes(em, rule, 'minute', Math.ceil(from / MINUTE_MS) * MINUTE_MS, now)
  const usual = await remembered<Mix>(keys, memories, end, () =>
    readMixes(em, rule, 'hour', end - WEEK_MS, end),
  )
  const nothing: Mix = { asked: 0, bad: {} }
  return new Map(
    keys.map((key) => {
      const reading = unusualErrors(recent.get(key) ?? nothing, usual.get(key)?.value ?? nothing)
      return [key, { ...reading, remember: { usual: usual.get(key) } }]
    }),
  )
}

async function remembered<Value>(
  keys: string[],
  memories: Memories,
  hour: number,
  read: () => Promise<Map<string, Value | undefined>>,
): Promise<Map<string, Remembered<Value>>> {
  const known = new Map(keys.map((key) => [key, memories.get(key)?.usual as Remembered<Value> | undefined]))
  if ([...known.values()].every((one) => one?.hour === hour)) return known as Map<string, Remembered<Value>>
  const fresh = await read()
  return new Map(keys.map((key) => [key, { hour, value: fresh.get(key) ?? null }]))
}
