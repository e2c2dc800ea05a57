import type { Channel, Metric, NewRule, Rule, RuleChanges } from '../../api/types.ts'
import { metrics } from './metrics.ts'
import { type SentenceFacts, suggestedName } from './ruleSentence.ts'

export const NEVER = 'never'

/** A rule as the form's fields have it. */
export type RuleValues = {
  name: string
  metric: Metric
  threshold: number | string
  window: NonNullable<NewRule['window']>
  for: string
  minRequests: number | string
  allowedRanges: string[]
  scope: 'account' | 'keys'
  keyIds: string[]
  channelIds: string[]
  /** `never`: it is sent once. */
  repeatInterval: string
  severity: NonNullable<NewRule['severity']>
  notifyRecovery: boolean
}

/** What a rule's form begins with. */
export const freshValues = (metric: Metric): RuleValues => ({
  name: suggestedName(metric),
  metric,
  threshold: metrics[metric].start ?? '',
  window: '15m',
  for: '0m',
  minRequests: 20,
  allowedRanges: [],
  scope: 'account',
  keyIds: [],
  channelIds: [],
  repeatInterval: NEVER,
  severity: 'warning',
  notifyRecovery: true,
})

export const valuesOf = (rule: Rule): RuleValues => ({
  name: rule.name,
  metric: rule.metric,
  threshold: rule.threshold ?? '',
  window: rule.window as RuleValues['window'],
  for: rule.for,
  minRequests: rule.minRequests ?? 20,
  allowedRanges: rule.allowedRanges ?? [],
  scope: 'keyIds' in rule.scope ? 'keys' : 'account',
  keyIds: 'keyIds' in rule.scope ? rule.scope.keyIds : [],
  channelIds: rule.channelIds,
  repeatInterval: rule.repeatInterval ?? NEVER,
  severity: rule.severity,
  notifyRecovery: rule.notifyRecovery,
})

const numberOr = <Other>(value: number | string, other: Other) => (typeof value === 'number' ? value : other)

/** What is said in the api's terms, but for the metric, which a saved rule keeps. */
export function changesOf(values: RuleValues): RuleChanges {
  const { metric, minRequests, allowedRanges } = values
  const { unit, windowed } = metrics[metric]
  return {
    name: values.name,
    threshold: unit === undefined ? null : numberOr(values.threshold, null),
    ...(windowed ? { window: values.window, for: values.for } : {}),
    ...(metric === 'error_rate' ? { minRequests: numberOr(minRequests, 20) } : {}),
    ...(metric === 'unknown_ip' ? { allowedRanges } : {}),
    scope: values.scope === 'keys' ? { keyIds: values.keyIds } : { account: true },
    channelIds: values.channelIds,
    repeatInterval: values.repeatInterval === NEVER ? null : values.repeatInterval,
    severity: values.severity,
    notifyRecovery: values.notifyRecovery,
  }
}

export const newRuleOf = (values: RuleValues): NewRule =>
  ({ ...changesOf(values), metric: values.metric }) as NewRule

/** The rule for its sentence. */
export function factsOfValues(
  values: RuleValues,
  nameOf: (keyId: string) => string,
  channels: Channel[],
): SentenceFacts {
  const { metric } = values
  return {
    metric,
    threshold: metrics[metric].unit === undefined ? null : numberOr(values.threshold, null),
    window: values.window,
    for: metrics[metric].windowed ? values.for : '0m',
    minRequests: metric === 'error_rate' ? numberOr(values.minRequests, 20) : undefined,
    keys: values.scope === 'keys' ? values.keyIds.map(nameOf) : null,
    channels: channels.filter(({ id }) => values.channelIds.includes(id)),
    repeatInterval: values.repeatInterval === NEVER ? null : values.repeatInterval,
    notifyRecovery: values.notifyRecovery,
  }
}

/** What the form can tell by itself; everything else the api does. */
export function checkValues(values: RuleValues): Partial<Record<keyof RuleValues, string>> {
  const errors: Partial<Record<keyof RuleValues, string>> = {}
  if (values.name.trim() === '') errors.name = 'Give the rule a name'
  if (metrics[values.metric].unit !== undefined && typeof values.threshold !== 'number')
    errors.threshold = 'Enter a threshold'
  if (values.scope === 'keys' && values.keyIds.length === 0) errors.keyIds = 'Choose at least one key'
  return errors
}
