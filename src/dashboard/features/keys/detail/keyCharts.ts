import type { KeySeries } from '../../../api/queries/usage.ts'
import type { PlainRow, WindowUsage } from '../../../api/types.ts'
import { bucketText } from '../../../charts/bucketText.ts'
import { RANGES } from '../../../charts/ranges.ts'
import type { Point, Series } from '../../../charts/Series.ts'
import { durationText, percentText, wholeText } from '../../../ui/format/formatNumber.ts'

export const outcomeSeries: Series[] = [
  { name: 'succeeded', label: 'Succeeded', color: 'var(--chart-good)' },
  { name: 'clientErrors', label: '4xx', color: 'var(--chart-warning)' },
  { name: 'serverErrors', label: '5xx', color: 'var(--chart-bad)' },
  { name: 'refused', label: 'Refused', color: 'var(--chart-quiet)' },
]

export const errorSeries: Series[] = [{ name: 'errorRate', label: 'Error rate', color: 'var(--chart-bad)' }]

export const latencySeries: Series[] = [
  { name: 'p50', label: 'p50', color: 'var(--chart-1)', dashes: '0' },
  { name: 'p95', label: 'p95', color: 'var(--chart-3)', dashes: '7 3' },
  { name: 'p99', label: 'p99', color: 'var(--chart-4)', dashes: '2 3' },
]

export const outcomePoints = (rows: PlainRow[]): Point[] =>
  rows.map(({ at, requests, errors, clientErrors, serverErrors, refused }) => ({
    at,
    values: { requests, succeeded: Math.max(0, requests - errors), clientErrors, serverErrors, refused },
  }))

/** In percent. Without requests there is no rate. */
export const errorPoints = (rows: PlainRow[]): Point[] =>
  rows.map(({ at, requests, errorRate }) => ({
    at,
    values: { errorRate: requests === 0 ? null : 100 * errorRate },
  }))

export const latencyPoints = (rows: PlainRow[]): Point[] =>
  rows.map(({ at, latencyMs: { p50, p95, p99 } }) => ({ at, values: { p50, p95, p99 } }))

const peakOf = (rows: PlainRow[], measure: (row: PlainRow) => number) =>
  rows.reduce<PlainRow | undefined>(
    (best, row) => (measure(row) > (best ? measure(best) : 0) ? row : best),
    undefined,
  )

const plural = (count: number, word: string) => `${wholeText(count)} ${word}${count === 1 ? '' : 's'}`

/** The window's numbers are exact to the minute; the chart's buckets are whole hours or days. */
export function requestsSentence({ requests, refused }: WindowUsage, { range, series, interval }: KeySeries) {
  const peak = peakOf(series, (row) => row.requests)
  const most = peak
    ? ` The busiest ${interval} was ${bucketText(peak.at, interval)} with ${wholeText(peak.requests)}.`
    : ''
  const refusals = refused === 0 ? 'none was refused' : `${wholeText(refused)} more refused`
  return `${plural(requests, 'request')} ${RANGES[range].words}, ${refusals}.${most}`
}

export function errorSentence(window: WindowUsage, { range, series, interval }: KeySeries) {
  if (window.requests === 0) return `There were no requests ${RANGES[range].words}.`
  if (window.errors === 0) return `No request ${RANGES[range].words} ended in an error.`
  const peak = peakOf(series, (row) => row.errorRate)
  const most = peak
    ? ` The highest rate was ${percentText(100 * peak.errorRate)}, ${bucketText(peak.at, interval)}.`
    : ''
  return `${percentText(100 * window.errorRate)} of requests ${RANGES[range].words} ended in an error: ${wholeText(window.clientErrors)} in 4xx, ${wholeText(window.serverErrors)} in 5xx.${most}`
}

export function latencySentence({ latencyMs }: WindowUsage, { range, series, interval }: KeySeries) {
  if (latencyMs.p50 === null) return `No latency was reported ${RANGES[range].words}.`
  const peak = peakOf(series, (row) => row.latencyMs.p95 ?? 0)
  const most = peak
    ? ` p95 was highest ${bucketText(peak.at, interval)}: ${durationText(peak.latencyMs.p95)}.`
    : ''
  return `p50 was ${durationText(latencyMs.p50)}, p95 ${durationText(latencyMs.p95)}, p99 ${durationText(latencyMs.p99)} ${RANGES[range].words}.${most}`
}
