import type { Metric } from '../alerts/AlertRule.ts'
import { MINUTE_MS } from '../time.ts'
import type { NotificationBody } from './Notification.ts'

/** A message before it is email or Slack: a title, a line of what happened, facts, and links. */
export type Message = {
  title: string
  /** One sentence, for a phone's lock screen. */
  summary: string
  facts: [name: string, value: string][]
  links: [label: string, url: string][]
  tone: 'info' | 'warning' | 'critical' | 'resolved'
}

type Data = Record<string, unknown>

const UNITS: Partial<Record<Metric, string>> = {
  requests: 'requests',
  error_rate: '%',
  plan_usage: '%',
  latency_mean: 'ms',
  latency_p50: 'ms',
  latency_p95: 'ms',
  latency_p99: 'ms',
  key_expiring: 'days',
  key_unused: 'days',
  key_old: 'days',
}

const ONE: Partial<Record<Metric, string>> = {
  requests: 'request',
  key_expiring: 'day',
  key_unused: 'day',
  key_old: 'day',
}

/** In an email's words; the dashboard has shorter ones (`features/alerts/metrics.ts`). */
const METRICS: Record<Metric, string> = {
  requests: 'Requests',
  error_rate: 'Error rate',
  plan_usage: 'Plan usage',
  latency_mean: 'Mean latency',
  latency_p50: 'Median latency',
  latency_p95: '95th percentile of latency',
  latency_p99: '99th percentile of latency',
  key_expiring: 'Days until the key expires',
  key_unused: 'Days without use',
  key_old: 'Age of the key',
  usage_spike: 'Usage spike',
  unknown_ip: 'Unknown IP address',
  unusual_errors: 'Unusual errors',
  unusual_hours: 'Use at an unusual hour',
}

/** Why an incident ended other than by itself. */
const REASONS: Record<string, string> = {
  edited: 'The rule was edited',
  disabled: 'The rule was switched off',
  muted: 'The rule was muted',
  deleted: 'The rule was deleted',
}

const asText = (value: unknown) => (typeof value === 'string' ? plain(value) : '')
const asData = (value: unknown): Data => (typeof value === 'object' && value !== null ? (value as Data) : {})

/** One line: what is named by people must not make lines or headers of its own. */
const plain = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

/** A measured value with its unit: `1,234 requests`, `7.5 %`, `840 ms`. */
export function withUnit(value: unknown, metric: string): string {
  if (typeof value === 'string') return plain(value)
  if (typeof value !== 'number' || !Number.isFinite(value)) return ''
  const digits = Math.abs(value) >= 100 ? 0 : 2
  const number = value.toLocaleString('en-US', { maximumFractionDigits: digits })
  const units = UNITS[metric as Metric]
  const unit = value === 1 ? (ONE[metric as Metric] ?? units) : units
  return unit === undefined ? number : `${number} ${unit}`
}

/** `2026-11-23 04:15 UTC`; empty where it is no time. */
function asTime(value: unknown): string {
  const at = new Date(typeof value === 'string' ? value : Number.NaN)
  return Number.isNaN(at.getTime()) ? '' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** How long something took: `3 min`, `2 h 5 min`, `1 d 4 h`. */
export function elapsedText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE_MS))
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`
  if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`
  return `${rest} min`
}

/** What a notification says, in words. `link` is a confirmation's, which no row holds in the open. */
export function messageOf({ type, data }: NotificationBody, link?: string): Message {
  if (type === 'channel.verify') return confirmation(link ?? '')
  if (type === 'channel.disabled') return disabled(data)
  return alert(type, data)
}

function alert(type: string, data: Data): Message {
  const rule = asData(data.alert)
  const incident = asData(data.incident)
  const key = data.key ? asData(data.key) : undefined
  const metric = asText(rule.metric)
  const word =
    { 'alert.firing': 'Alert', 'alert.resolved': 'Resolved', 'alert.test': 'Test' }[type] ?? 'Alert'
  const measured = withUnit(data.measured, metric)
  const threshold = withUnit(data.threshold, metric)
  const about = METRICS[metric as Metric] ?? metric
  const who = key ? `key ${asText(key.name)} (…${asText(key.hint)})` : 'the whole account'
  const started = Date.parse(asText(incident.startedAt))
  const ended = Date.parse(asText(incident.resolvedAt))
  const lasted = type === 'alert.resolved' && ended >= started ? elapsedText(ended - started) : ''
  const against = measured === '' ? '' : `: ${measured}${threshold === '' ? '' : ` (threshold ${threshold})`}`
  const facts: [string, string][] = [
    [
      'Key',
      key ? `${asText(key.name)} (${asText(key.id)}, ends in ${asText(key.hint)})` : 'the whole account',
    ],
    ['Measured', measured],
    ['Threshold', threshold],
    ['Window', asText(rule.window)],
    ['Since', asTime(data.since)],
    ['Resolved', asTime(incident.resolvedAt)],
    ['Lasted', lasted],
    ['Reason', REASONS[asText(data.reason)] ?? ''],
    ['Severity', asText(rule.severity)],
  ]
  const severity = asText(rule.severity)
  return {
    title: `${word}: ${asText(rule.name)}`,
    summary: `${about} of ${who}${against}`,
    facts: facts.filter(([, value]) => value !== ''),
    links: linksOf([key ? 'See the key' : 'See the account', data.url], ['Mute this alert', data.muteUrl]),
    tone:
      type === 'alert.resolved'
        ? 'resolved'
        : severity === 'critical' || severity === 'info'
          ? severity
          : 'warning',
  }
}

function confirmation(link: string): Message {
  return {
    title: 'Confirm that we may send alerts here',
    // Nothing here is anybody's own text: whoever reads it has not asked for it yet.
    summary: 'Somebody asked us to send alerts about API keys to this address.',
    facts: [
      ['If it was not you', 'Do nothing. Without a confirmation, we send nothing else to this address.'],
    ],
    links: linksOf(['Confirm this address', link]),
    tone: 'info',
  }
}

function disabled(data: Data): Message {
  return {
    title: `Alerts no longer reach ${asText(data.channel)}`,
    summary: `The ${asText(data.type)} channel ${asText(data.channel)} was switched off: ${asText(data.reason)}`,
    facts: [
      ['Channel', asText(data.channelId)],
      ['Failing since', asTime(data.since)],
      [
        'What to do',
        'Fix the receiver, then send a test message to the channel. When it arrives, the channel is enabled again.',
      ],
    ],
    links: linksOf(['See the channel', data.url]),
    tone: 'critical',
  }
}

/** Only links that a browser opens as a page. */
function linksOf(...links: [string, unknown][]): [string, string][] {
  return links.flatMap(([label, url]): [string, string][] => {
    if (typeof url !== 'string' || !/^https?:\/\/[^\s"<>]+$/.test(url)) return []
    return [[label, url]]
  })
}
