import type { Metric } from '../../api/types.ts'
import { durationText, percentText, wholeText } from '../../ui/format/formatNumber.ts'

const days = (count: number) => `${Number(count.toFixed(1))} ${count === 1 ? 'day' : 'days'}`
const counted = (count: number, word: string) =>
  `${wholeText(Math.round(count))} ${word}${count === 1 ? '' : 's'}`

/** A measured value or a threshold with its unit; a dash where nothing was measured. */
export function measureText(metric: Metric, value: number | null): string {
  if (value === null) return '–'
  if (metric === 'error_rate' || metric === 'plan_usage' || metric === 'unusual_errors')
    return percentText(value)
  if (metric.startsWith('latency')) return durationText(value)
  if (metric.startsWith('key_')) return days(value)
  if (metric === 'unknown_ip') return counted(value, 'network')
  return counted(value, 'request')
}
