import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** Metrics with a threshold that is measured over the rule's window. */
const WINDOW_METRICS = [
  'requests',
  'error_rate',
  'latency_mean',
  'latency_p50',
  'latency_p95',
  'latency_p99',
] as const

/** Metrics in days that are about single keys. */
export const KEY_METRICS = ['key_expiring', 'key_unused', 'key_old'] as const

/** Detectors: they find their own threshold. */
const DETECTORS = ['usage_spike', 'unknown_ip', 'unusual_errors', 'unusual_hours'] as const

export const METRICS = [...WINDOW_METRICS, 'plan_usage', ...DETECTORS, ...KEY_METRICS] as const
export type Metric = (typeof METRICS)[number]

export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What only some metrics take. */
export type RuleOptions = {
  /** Below so many requests in the window an error rate says nothing. */
  minRequests?: number
  /** Whether receivers are notified when an incident ends. */
  notifyRecovery?: boolean
  /** Networks that are never unknown, as addresses or CIDRs. */
  allowedRanges?: string[]
}

export const AlertRuleSchema = defineEntity({
  name: 'AlertRule',
  tableName: 'alert_rule',
  properties: {
    id: p.text().primary(),
    accountId: p.text(),
    name: p.text(),
    metric: p.text().$type<Metric>(),
    threshold: p.double().$type<number>().nullable(),
    windowMinutes: p.integer(),
    forMinutes: p.integer(),
    /** null: the account. */
    keyIds: p.json().$type<string[]>().nullable(),
    channelIds: p.json().$type<string[]>(),
    repeatMinutes: p.integer().nullable(),
    severity: p.text().$type<Severity>(),
    options: p.json().$type<RuleOptions>(),
    enabled: p.boolean(),
    mutedUntil: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
  },
})

export type AlertRule = InferEntity<typeof AlertRuleSchema>

/** Rules an account may have. */
export const MAX_RULES = 100

/** Whether the metric looks at each key alone, even for a rule over the account: then that means every active key. */
export const isPerKey = (metric: Metric) =>
  metric === 'unknown_ip' || metric === 'unusual_hours' || (KEY_METRICS as readonly string[]).includes(metric)

export const isDetector = (metric: Metric) => (DETECTORS as readonly string[]).includes(metric)
export const isWindowed = (metric: Metric) => (WINDOW_METRICS as readonly string[]).includes(metric)

/** Whether more usage can begin an incident. The metrics in days change with time alone, or by less usage. */
export const isChangedByUse = (metric: Metric) => !(KEY_METRICS as readonly string[]).includes(metric)
