import { z } from 'zod'
import { MAX_ADDRESS } from '../addresses.ts'
import { invalid } from '../failure.ts'
import { isIpOrRange } from '../keys/allowedIps.ts'
import { name } from '../names.ts'
import {
  type AlertRule,
  isDetector,
  KEY_METRICS,
  METRICS,
  type RuleOptions,
  SEVERITIES,
} from './AlertRule.ts'
import { asDuration, minutesOf } from './durations.ts'
import { MIN_REQUESTS } from './readMeasures.ts'

const WINDOWS = ['5m', '15m', '1h', '6h', '24h'] as const

/** A duration in minutes, hours or days, as text. */
const duration = (max: number, least = 0) =>
  z
    .string()
    .max(16, { abort: true })
    .refine(
      (value) => {
        const minutes = minutesOf(value)
        return minutes !== undefined && minutes >= least && minutes <= max
      },
      `must be a duration such as "5m" or "2h", from ${asDuration(least)} to ${asDuration(max)}`,
    )
    .transform((value) => minutesOf(value) ?? 0)

const Scope = z
  .union([
    z.strictObject({ account: z.literal(true) }),
    z.strictObject({
      keyIds: z
        .array(z.string().regex(/^[\w-]{1,64}$/, 'must be the ID of a key'))
        .min(1)
        .max(500),
    }),
  ])
  .meta({ id: 'AlertScope' })

const fields = {
  name: name(100),
  metric: z.enum(METRICS),
  threshold: z.number().min(0).max(1e12).nullable(),
  window: z.enum(WINDOWS),
  for: duration(1_440),
  scope: Scope,
  channelIds: z.array(z.string().regex(/^[\w-]{1,64}$/, 'must be the ID of a channel')).max(20),
  repeatInterval: duration(43_200, 5).nullable(),
  severity: z.enum(SEVERITIES),
  enabled: z.boolean(),
  minRequests: z.int().min(1).max(1_000_000),
  notifyRecovery: z.boolean(),
  allowedRanges: z
    .array(
      z
        .string()
        .max(MAX_ADDRESS, { abort: true })
        .refine((range) => isIpOrRange(range), 'must be an IP address or a CIDR range'),
    )
    .max(100),
}

/** The body of `POST /alerts`. */
export const NewRule = z
  .strictObject({
    ...fields,
    threshold: fields.threshold.optional(),
    window: fields.window.default('15m'),
    for: fields.for.prefault('0m'),
    scope: fields.scope.default({ account: true }),
    channelIds: fields.channelIds.default([]),
    repeatInterval: fields.repeatInterval.default(null),
    severity: fields.severity.default('warning'),
    enabled: fields.enabled.default(true),
    minRequests: fields.minRequests.optional(),
    notifyRecovery: fields.notifyRecovery.optional(),
    allowedRanges: fields.allowedRanges.optional(),
  })
  .meta({ id: 'NewAlertRule' })

/** The body of `PATCH /alerts/{id}`; the metric stays what it is. */
export const RuleChanges = z
  .strictObject(fields)
  .omit({ metric: true })
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field')
  .meta({ id: 'AlertRuleChanges' })

/** A rule as a command carries it and the table has it. */
export const StoredRule = z.object({
  name: z.string(),
  metric: z.enum(METRICS),
  threshold: z.number().nullable(),
  windowMinutes: z.int(),
  forMinutes: z.int(),
  keyIds: z.array(z.string()).nullable(),
  channelIds: z.array(z.string()),
  repeatMinutes: z.int().nullable(),
  severity: z.enum(SEVERITIES),
  options: z.object({
    minRequests: z.int().optional(),
    notifyRecovery: z.boolean().optional(),
    allowedRanges: z.array(z.string()).optional(),
  }),
  enabled: z.boolean(),
})
export type StoredRule = z.infer<typeof StoredRule>

const unique = (ids: string[]) => [...new Set(ids)]

/** What a body says, in the table's terms. */
export function storedChanges(body: Partial<z.output<typeof NewRule>>): Partial<StoredRule> {
  const { window, for: forMinutes, scope, repeatInterval, channelIds, ...rest } = body
  const { minRequests, notifyRecovery, allowedRanges, ...plain } = rest
  const options: RuleOptions = { minRequests, notifyRecovery, allowedRanges }
  return {
    ...plain,
    ...(window === undefined ? {} : { windowMinutes: minutesOf(window) ?? 15 }),
    ...(forMinutes === undefined ? {} : { forMinutes }),
    ...(scope === undefined ? {} : { keyIds: 'keyIds' in scope ? unique(scope.keyIds) : null }),
    ...(channelIds === undefined ? {} : { channelIds: unique(channelIds) }),
    ...(repeatInterval === undefined ? {} : { repeatMinutes: repeatInterval }),
    options: JSON.parse(JSON.stringify(options)),
  }
}

/** A whole rule, its fields held against each other. Throws a validation Failure that names the field. */
export function checkRule(rule: Partial<StoredRule> & Pick<StoredRule, 'metric'>): StoredRule {
  const { metric, threshold = null, options = {} } = rule
  if (isDetector(metric) && threshold !== null)
    throw invalid('threshold', 'out_of_range', `${metric} finds its own threshold: leave it out`)
  if (!isDetector(metric) && threshold === null)
    throw invalid('threshold', 'required', `${metric} takes a threshold`)
  const most = metric === 'error_rate' ? 100 : metric === 'plan_usage' ? 1_000 : 1e12
  if (threshold !== null && threshold > most)
    throw invalid('threshold', 'out_of_range', `must be at most ${most} percent`)
  if ((KEY_METRICS as readonly string[]).includes(metric) && (threshold ?? 0) > 3_650)
    throw invalid('threshold', 'out_of_range', 'must be at most 3650 days')
  if (options.minRequests !== undefined && metric !== 'error_rate')
    throw invalid('minRequests', 'out_of_range', 'is for the metric error_rate alone')
  if (options.allowedRanges !== undefined && metric !== 'unknown_ip')
    throw invalid('allowedRanges', 'out_of_range', 'is for the metric unknown_ip alone')
  return StoredRule.parse({ ...rule, threshold, options })
}

/** A rule as callers see it. `state` is the worst of its keys'. */
export const RuleResource = z
  .object({
    id: z.string(),
    name: z.string(),
    metric: z.enum(METRICS),
    threshold: z.number().nullable(),
    window: z.string(),
    for: z.string(),
    scope: z.union([z.object({ keyIds: z.array(z.string()) }), z.object({ account: z.literal(true) })]),
    channelIds: z.array(z.string()),
    repeatInterval: z.string().nullable(),
    severity: z.enum(SEVERITIES),
    enabled: z.boolean(),
    state: z.enum(['ok', 'pending', 'firing']),
    minRequests: z.int().optional(),
    notifyRecovery: z.boolean(),
    allowedRanges: z.array(z.string()).optional(),
    mutedUntil: z.string().nullable(),
    createdAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'AlertRule' })

export function presentRule(
  rule: AlertRule,
  state: 'ok' | 'pending' | 'firing',
): z.infer<typeof RuleResource> {
  const { id, name, metric, channelIds, severity, enabled, version, options } = rule
  return {
    id,
    name,
    metric,
    threshold: rule.threshold ?? null,
    window: asDuration(rule.windowMinutes),
    for: asDuration(rule.forMinutes),
    scope: rule.keyIds ? { keyIds: rule.keyIds } : { account: true },
    channelIds,
    repeatInterval: rule.repeatMinutes == null ? null : asDuration(rule.repeatMinutes),
    severity,
    enabled,
    state,
    ...(metric === 'error_rate' ? { minRequests: options.minRequests ?? MIN_REQUESTS } : {}),
    notifyRecovery: options.notifyRecovery ?? true,
    ...(metric === 'unknown_ip' ? { allowedRanges: options.allowedRanges ?? [] } : {}),
    mutedUntil: rule.mutedUntil?.toISOString() ?? null,
    createdAt: rule.createdAt.toISOString(),
    version,
  }
}
