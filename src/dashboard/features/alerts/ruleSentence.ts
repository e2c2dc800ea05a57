import type { Channel, Metric, Rule } from '../../api/types.ts'
import { wholeText } from '../../ui/format/formatNumber.ts'
import { listText } from '../../ui/format/listText.ts'
import { durationWords, everyWords } from './durationWords.ts'
import { measureText } from './measureText.ts'
import { isPerKey, metrics } from './metrics.ts'

/** What a sentence needs to know of a rule, saved or not. */
export type SentenceFacts = {
  metric: Metric
  threshold: number | null
  window: string
  for: string
  minRequests?: number
  /** Names of the keys that it is about; null: the account. */
  keys: string[] | null
  channels: { name: string; type: 'email' | 'slack' | 'webhook' }[]
  repeatInterval: string | null
  notifyRecovery: boolean
}

/** Whose measure it is: `the account`, `CI`, `any of CI and Staging`. */
function whose({ metric, keys }: Pick<SentenceFacts, 'metric' | 'keys'>): string {
  if (keys === null) return isPerKey(metric) ? 'any active key' : 'the account'
  if (keys.length === 0) return 'any chosen key'
  if (keys.length === 1) return `the key ${keys[0]}`
  return keys.length <= 3
    ? `any of the keys ${listText(keys, 'or')}`
    : `any of ${wholeText(keys.length)} keys`
}

/**
 * The condition in words, without how long it must hold: `the error rate of the account exceeds 5 % over 15 minutes`.
 */
export function conditionText(
  facts: Pick<SentenceFacts, 'metric' | 'threshold' | 'window' | 'keys' | 'minRequests'>,
): string {
  const { metric, threshold, keys } = facts
  const who = whose(facts)
  const limit = threshold === null ? '…' : measureText(metric, threshold)
  const over = `over ${durationWords(facts.window)}`
  switch (metric) {
    case 'requests':
      return `${who} has more than ${limit} in ${durationWords(facts.window)}`
    case 'error_rate':
      return `the error rate of ${who} exceeds ${limit} ${over}`
    case 'latency_mean':
      return `the mean latency of ${who} exceeds ${limit} ${over}`
    case 'latency_p50':
    case 'latency_p95':
    case 'latency_p99':
      return `the ${metric.slice(8)} latency of ${who} exceeds ${limit} ${over}`
    case 'plan_usage':
      return keys === null
        ? `the account has used ${limit} of the plan’s renders for the month`
        : `${who} has used ${limit} of the plan’s requests for the day`
    case 'usage_spike':
      return `${who} has far more requests in an hour than usual`
    case 'unknown_ip':
      return `${who} is used from a network that is new to it`
    case 'unusual_errors':
      return `${who} has clearly more errors of some kind ${over} than in the week before`
    case 'unusual_hours':
      return `${who} is used at a time of the week at which it is never used`
    case 'key_expiring':
      return `${who} expires within ${limit}`
    case 'key_unused':
      return `${who} was not used for ${limit}`
    case 'key_old':
      return `${who} is older than ${limit}`
  }
}

const BY = { email: 'by email', slack: 'by Slack', webhook: 'by webhook' } as const

/** The whole rule, in words: who is notified, when, and how often. */
export function ruleSentence(facts: SentenceFacts): string {
  const { channels, repeatInterval, notifyRecovery } = facts
  const names = channels.map(({ name, type }) => `${name} ${BY[type]}`)
  const begin =
    names.length === 0 ? 'Record an incident without notifying anyone' : `Notify ${listText(names, 'and')}`
  const held = facts.for === '0m' ? '' : `, for at least ${durationWords(facts.for)}`
  const enough =
    facts.metric === 'error_rate' && facts.minRequests
      ? ` (of ${wholeText(facts.minRequests)} requests or more)`
      : ''
  const sentences = [`${begin} when ${conditionText(facts)}${enough}${held}.`]
  if (names.length > 0) {
    if (repeatInterval !== null)
      sentences.push(`Notify again every ${everyWords(repeatInterval)} while it lasts.`)
    sentences.push(notifyRecovery ? 'Notify once more when it is over.' : 'Do not notify when it is over.')
  }
  return sentences.join(' ')
}

/** A saved rule for its sentence. */
export const factsOfRule = (
  rule: Rule,
  nameOf: (keyId: string) => string,
  channels: Channel[],
): SentenceFacts => ({
  ...rule,
  keys: 'keyIds' in rule.scope ? rule.scope.keyIds.map(nameOf) : null,
  channels: channels.filter(({ id }) => rule.channelIds.includes(id)),
})

/** A name for a rule that has none yet. */
export const suggestedName = (metric: Metric) =>
  metrics[metric].unit === undefined || metrics[metric].group === 'Keys'
    ? metrics[metric].label
    : `${metrics[metric].label} too high`
